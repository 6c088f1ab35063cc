"""When, where and how customers shop."""

from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag, bands, every, feature, rules, some, value

CATEGORIES = (
    ReadyCategory("habits", "购物习惯", "Shopping habits"),
    ReadyCategory("time-habits", "时间习惯", "Time", parent="habits"),
    ReadyCategory("basket-habits", "购物篮与门店", "Basket and store", parent="habits"),
)


def _hours(first: int, last: int) -> dict[str, object]:
    return feature("favourite_hour", "between", [first, last])


TAGS = (
    ReadyTag(
        "weekend-shopper",
        "time-habits",
        "周末购物倾向",
        "Weekend or weekday",
        "statistic",
        (
            bands(
                "weekend_share",
                [0.2, 0.45],
                ("weekday", "工作日购物", "Weekday shopper"),
                ("mixed", "均衡", "Both"),
                ("weekend", "周末购物", "Weekend shopper"),
            ),
        ),
        "周末订单占比；一周均匀下单时为 28.6%",
        "Share of orders on weekends; 28.6 % if all days were alike",
    ),
    ReadyTag(
        "time-of-day",
        "time-habits",
        "购物时段",
        "Time of day",
        "rule",
        (
            rules(
                value("morning", "早间（5–10 点）", "Morning (5–10 h)", _hours(5, 10)),
                value("noon", "午间（11–13 点）", "Midday (11–13 h)", _hours(11, 13)),
                value("afternoon", "下午（14–17 点）", "Afternoon (14–17 h)", _hours(14, 17)),
                value("evening", "晚间（18–22 点）", "Evening (18–22 h)", _hours(18, 22)),
                value("night", "深夜（23–4 点）", "Night (23–4 h)", some(_hours(23, 23), _hours(0, 4))),
            ),
        ),
        "下单最多的钟点所在的时段",
        "The part of the day with most orders",
    ),
    ReadyTag(
        "basket-size",
        "basket-habits",
        "购物篮大小",
        "Basket size",
        "statistic",
        (
            bands(
                "basket_size",
                [5, 10, 20],
                ("small", "小篮", "Small"),
                ("medium", "中篮", "Medium"),
                ("large", "大篮", "Large"),
                ("stock-up", "囤货型", "Stocking up"),
            ),
        ),
        "平均每单商品数",
        "Lines per order on average",
    ),
    ReadyTag(
        "store-loyalty",
        "basket-habits",
        "门店忠诚度",
        "Store loyalty",
        "rule",
        (
            rules(
                value(
                    "one",
                    "单店常客",
                    "One store",
                    every(feature("store_count", "is", 1), feature("frequency", "at_least", 2)),
                ),
                value("few", "两至三店", "Two or three stores", feature("store_count", "between", [2, 3])),
                value("many", "多店购物", "Many stores", feature("store_count", "at_least", 4)),
            ),
        ),
        "下过单的门店数",
        "Number of stores ordered from",
    ),
)
