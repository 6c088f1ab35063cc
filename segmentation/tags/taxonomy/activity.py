"""How often customers come, and where they stand in their life as customers."""

from segmentation.tags.taxonomy.base import (
    ORDER,
    ReadyCategory,
    ReadyTag,
    bands,
    every,
    feature,
    none,
    rules,
    some,
    times,
    value,
)

CATEGORIES = (
    ReadyCategory("activity", "活跃度", "Activity"),
    ReadyCategory("lifecycle", "生命周期", "Lifecycle"),
)

_GONE_DAYS, _FADING_DAYS, _NEW_DAYS, _GROWING_DAYS = 90, 45, 30, 180
_HALVED, _HALVED_DAYS = feature("trend_4w_12w", "less_than", 0.5), 14
_FADING = some(
    feature("recency_days", "at_least", _FADING_DAYS),
    every(feature("recency_days", "at_least", _HALVED_DAYS), _HALVED),
)
_KEEPING = (  # the others among those who bought
    feature("recency_days", "less_than", _FADING_DAYS),
    some(feature("recency_days", "less_than", _HALVED_DAYS), none(_HALVED)),
)

TAGS = (
    ReadyTag(
        "activity-level",
        "activity",
        "活跃程度",
        "Activity level",
        "rule",
        (
            rules(
                value("high", "高活跃", "Very active", times(ORDER, "at_least", 8, recent_days=30)),
                value("medium", "中活跃", "Active", times(ORDER, "at_least", 3, recent_days=30)),
                value("low", "低活跃", "Barely active", times(ORDER, "at_least", 1, recent_days=30)),
                value("sleeping", "沉睡", "Sleeping", times(ORDER, "at_least", 1, recent_days=90)),
                value("silent", "静默", "Silent", times(ORDER, "at_least", 1)),
                otherwise=("never", "从未购买", "Never bought"),
            ),
        ),
        "近 30 天下单次数；30 天未购为沉睡，90 天未购为静默",
        "Orders of the last 30 days; sleeping after 30 days without one, silent after 90",
    ),
    ReadyTag(
        "purchase-cycle",
        "activity",
        "购买周期",
        "Purchase cycle",
        "statistic",
        (
            bands(
                "purchase_interval_days",
                [4, 10, 20, 45],
                ("days", "一周多次", "Several times a week"),
                ("weekly", "每周一次", "Weekly"),
                ("fortnightly", "每两周一次", "Fortnightly"),
                ("monthly", "每月一次", "Monthly"),
                ("rare", "偶尔购买", "Now and then"),
            ),
        ),
        "相邻两个购买日的平均间隔",
        "Average days between days with an order",
    ),
    ReadyTag(
        "spending-trend",
        "activity",
        "消费趋势",
        "Spending trend",
        "statistic",
        (
            bands(
                "trend_4w_12w",
                [0.5, 0.8, 1.25, 2],
                ("falling-fast", "大幅下滑", "Falling fast"),
                ("falling", "下滑", "Falling"),
                ("stable", "平稳", "Stable"),
                ("rising", "上升", "Rising"),
                ("rising-fast", "大幅上升", "Rising fast"),
            ),
        ),
        "近 4 周的周均消费与之前 12 周相比",
        "Weekly spending of the last 4 weeks against the 12 before",
    ),
    ReadyTag(
        "lifecycle-stage",
        "lifecycle",
        "生命周期阶段",
        "Lifecycle stage",
        "rule",
        (
            rules(
                value("prospect", "潜客", "Prospect", feature("frequency", "less_than", 1)),
                value("new", "新客期", "New", feature("tenure_days", "at_most", _NEW_DAYS)),
                value(
                    "growing", "成长期", "Growing", every(feature("tenure_days", "at_most", _GROWING_DAYS), *_KEEPING)
                ),
                value("mature", "成熟期", "Mature", every(*_KEEPING)),
                value("fading", "衰退期", "Fading", every(feature("recency_days", "less_than", _GONE_DAYS), _FADING)),
                value("lost", "流失期", "Lost", feature("recency_days", "at_least", _GONE_DAYS)),
            ),
        ),
        "潜客 → 新客（首单 30 天内）→ 成长（180 天内）→ 成熟 → 衰退（45 天未购或消费减半）→ 流失（90 天未购）",
        "Prospect, new (30 days since the first order), growing (180), mature, fading (45 days without an order, "
        "or half the spending), lost (90 days)",
    ),
    ReadyTag(
        "purchase-stage",
        "lifecycle",
        "购买次数阶段",
        "Purchases made",
        "statistic",
        (
            bands(
                "frequency",
                [1, 2, 5, 20, 50],
                ("none", "未购", "None"),
                ("first", "首购", "First"),
                ("repeat", "复购", "Repeated"),
                ("regular", "多次购买", "Several"),
                ("loyal", "忠诚购买", "Many"),
                ("devoted", "高度忠诚", "Very many"),
            ),
        ),
        "累计下单次数",
        "Orders so far",
    ),
    ReadyTag(
        "returned",
        "lifecycle",
        "回流客户",
        "Returned",
        "rule",
        (
            rules(
                value(
                    "returned",
                    "沉默后回流",
                    "Back after a pause",
                    every(
                        times(ORDER, "at_least", 1, recent_days=30),
                        none(times(ORDER, "at_least", 1, days_ago={"from": 90, "to": 30})),
                        times(ORDER, "at_least", 1, days_ago={"from": 365, "to": 90}),
                    ),
                ),
            ),
        ),
        "沉默至少 60 天后，近 30 天重新购买",
        "Bought in the last 30 days after at least 60 days of silence",
    ),
)
