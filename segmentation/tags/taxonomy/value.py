"""What customers are worth."""

from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag, every, rules, some, value

CATEGORIES = (ReadyCategory("value", "客户价值", "Customer value"), ReadyCategory("rfm", "RFM", "RFM", parent="value"))


def _tag(key: str, *values: str) -> dict[str, object]:
    return {"tag": key, "op": "one_of", "value": list(values)}


TAGS = (
    ReadyTag(
        "rfm-group",
        "rfm",
        "RFM 客户分层",
        "RFM group",
        "rfm",
        ({},),
        "按最近消费、消费频次、消费金额分为经典八类客户",
        "The eight classic groups by recency, frequency and money",
    ),
    ReadyTag(
        "retention-priority",
        "value",
        "挽留优先级",
        "Retention priority",
        "rule",
        (
            rules(
                value(
                    "first",
                    "优先挽留",
                    "First",
                    every(_tag("spending-power", "high", "top"), _tag("lifecycle-stage", "fading", "lost")),
                ),
                value(
                    "second",
                    "值得挽留",
                    "Second",
                    every(_tag("spending-power", "medium"), _tag("lifecycle-stage", "fading", "lost")),
                ),
                value(
                    "watch",
                    "重点关注",
                    "Watch",
                    every(
                        _tag("spending-power", "high", "top"),
                        some(_tag("spending-trend", "falling", "falling-fast"), _tag("activity-level", "sleeping")),
                    ),
                ),
            ),
        ),
        "由消费力、生命周期与消费趋势组合而成，给出挽留的先后",
        "Who to win back first, from spending power, lifecycle stage and trend",
    ),
)
