"""How customers answer campaigns."""

from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag, every, feature, rules, times, value

CATEGORIES = (ReadyCategory("marketing", "营销响应", "Campaign response"),)

_RECEIVED, _REDEEMED = "Campaign Received", "Coupon Redeemed"

TAGS = (
    ReadyTag(
        "campaign-response",
        "marketing",
        "活动响应",
        "Campaign response",
        "rule",
        (
            rules(
                value("eager", "积极响应", "Eager", times(_REDEEMED, "at_least", 5, recent_days=365)),
                value("responsive", "有响应", "Responsive", times(_REDEEMED, "at_least", 1, recent_days=365)),
                value("unmoved", "触达未响应", "Unmoved", times(_RECEIVED, "at_least", 1, recent_days=365)),
                otherwise=("untouched", "未触达", "Not reached"),
            ),
        ),
        "近一年收到活动后的用券情况",
        "Coupons redeemed after campaigns in a year",
    ),
    ReadyTag(
        "campaign-pressure",
        "marketing",
        "触达频度",
        "Campaign pressure",
        "rule",
        (
            rules(
                value("heavy", "高频触达", "Heavy", times(_RECEIVED, "at_least", 4, recent_days=180)),
                value("moderate", "中频触达", "Moderate", times(_RECEIVED, "at_least", 2, recent_days=180)),
                value("light", "低频触达", "Light", times(_RECEIVED, "at_least", 1, recent_days=180)),
            ),
        ),
        "近半年收到的活动次数",
        "Campaigns received in half a year",
    ),
    ReadyTag(
        "natural-buyer",
        "marketing",
        "自然购买",
        "Buys unprompted",
        "rule",
        (
            rules(
                value(
                    "unprompted",
                    "无需优惠即购买",
                    "Buys without offers",
                    every(
                        times("Order Completed", "at_least", 5, recent_days=90),
                        feature("coupon_orders", "is", 0),
                        {"tag": "price-sensitivity", "op": "is_not", "value": "high", "missing": "include"},
                    ),
                ),
            ),
        ),
        "近 90 天至少 5 单、从未用券且对价格不敏感的客户，可少发券",
        "At least 5 orders in 90 days, never a coupon, not sensitive to prices: spare the coupons",
    ),
)
