"""How customers react to prices."""

from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag, bands

CATEGORIES = (ReadyCategory("price", "价格敏感", "Price"),)

TAGS = (
    ReadyTag(
        "price-sensitivity",
        "price",
        "价格敏感度",
        "Price sensitivity",
        "statistic",
        (
            bands(
                "discount_share",
                [0.25, 0.75],
                ("low", "不敏感", "Low"),
                ("medium", "一般", "Medium"),
                ("high", "敏感", "High"),
                by="quantiles",
                above=0,
            ),
        ),
        "折扣与优惠券占原价的比例，按有过优惠的客户的四分位分级",
        "Discounts as a share of the full price, by quartiles of the customers who had any",
    ),
    ReadyTag(
        "coupon-use",
        "price",
        "用券习惯",
        "Coupon use",
        "statistic",
        (
            bands(
                "coupon_orders",
                [1, 3, 10],
                ("never", "从不用券", "Never"),
                ("seldom", "偶尔用券", "Seldom"),
                ("often", "经常用券", "Often"),
                ("hunter", "用券达人", "Coupon hunter"),
            ),
        ),
        "使用了优惠券的订单数",
        "Orders on which a coupon saved something",
    ),
)
