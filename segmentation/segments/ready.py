"""The ready templates: the segments that every shop asks for."""

from segmentation.rules.catalog import Labels
from segmentation.segments.templates import Parameter, Template, parameter
from segmentation.tags.taxonomy.base import ORDER, Node, every, feature, none, some, times

RECEIVED, REDEEMED = "Campaign Received", "Coupon Redeemed"


def _days(default: int, zh: str = "天数", en: str = "Days", key: str = "days") -> Parameter:
    return Parameter(key, Labels(zh, en), default, "days")


def _orders(default: int, zh: str = "最少订单数", en: str = "Least orders", key: str = "orders") -> Parameter:
    return Parameter(key, Labels(zh, en), default, "orders")


def _share(default: float, zh: str, en: str) -> Parameter:
    return Parameter("share", Labels(zh, en), default, "share")


def _due(every_days: tuple[int, int], since: tuple[int, int]) -> Node:
    """Of customers who buy every so many days, those whose last order was so many days ago."""
    return every(
        feature("purchase_interval_days", "at_least", every_days[0]),
        feature("purchase_interval_days", "less_than", every_days[1]),
        feature("recency_days", "between", list(since)),
    )


_LATELY = {"recent_days": parameter("days")}

TEMPLATES: tuple[Template, ...] = (
    Template(
        "new-customers",
        Labels("新客", "New customers"),
        Labels(
            "刚下首单不久的客户，适合新人礼与首购后关怀",
            "Placed their first order a short while ago: welcome them",
        ),
        feature("tenure_days", "less_than", parameter("days")),
        (_days(60),),
    ),
    Template(
        "first-order-only",
        Labels("首单未复购", "One order, no second"),
        Labels(
            "只下过一单且已过去一段时间，适合复购激励",
            "Placed one order some time ago and no second: give them a reason to return",
        ),
        every(feature("frequency", "is", 1), feature("recency_days", "at_least", parameter("days"))),
        (_days(14),),
    ),
    Template(
        "high-value",
        Labels("高价值客户", "High-value customers"),
        Labels(
            "消费力等级为高消费或顶级消费，且近期有购买",
            "High or top spending power, and a recent order",
        ),
        every(
            {"tag": "spending-power", "op": "one_of", "value": ["high", "top"]}, times(ORDER, "at_least", 1, **_LATELY)
        ),
        (_days(90),),
    ),
    Template(
        "high-potential",
        Labels("高潜力客户", "High potential"),
        Labels(
            "客单价高、最近来过、但购买次数还不多，适合提升频次",
            "Large orders, here lately, but not often yet: bring them more often",
        ),
        every(
            {"tag": "order-value", "op": "is", "value": "high"},
            feature("recency_days", "at_most", parameter("days")),
            feature("frequency", "less_than", parameter("orders")),
        ),
        (_days(60), _orders(24, "订单数低于", "Fewer orders than")),
    ),
    Template(
        "loyal",
        Labels("忠诚客户", "Loyal customers"),
        Labels(
            "近三个月多次购买，且成为客户已满一段时间",
            "Several orders in the last three months, and a customer for some time",
        ),
        every(
            times(ORDER, "at_least", parameter("orders"), recent_days=90),
            feature("tenure_days", "at_least", parameter("days")),
        ),
        (_orders(20), _days(180, "成为客户至少天数", "Customer for at least days")),
    ),
    Template(
        "churn-risk",
        Labels("流失预警", "Churn risk"),
        Labels(
            "之前常来，近来一单未下",
            "Came often before, and placed no order lately",
        ),
        every(
            times(ORDER, "at_least", parameter("orders"), days_ago={"from": 180, "to": parameter("days")}),
            none(times(ORDER, "at_least", 1, **_LATELY)),
        ),
        (_days(30, "多少天未购买", "Days without an order"), _orders(6, "之前的最少订单数", "Least orders before")),
    ),
    Template(
        "win-back",
        Labels("沉睡唤回", "Win back"),
        Labels(
            "近来没有购买的全部客户，含从未购买",
            "Everybody without a recent order, those who never bought included",
        ),
        none(times(ORDER, "at_least", 1, **_LATELY)),
        (_days(60, "多少天未购买", "Days without an order"),),
    ),
    Template(
        "due-soon",
        Labels("即将复购", "Due to buy again"),
        Labels(
            "按各自的购买周期，最近该再来了：适合到点提醒",
            "By their own rhythm about to buy again: a reminder in time",
        ),
        some(
            _due((3, 7), (4, 9)),
            _due((7, 14), (7, 16)),
            _due((14, 30), (14, 34)),
            _due((30, 60), (30, 66)),
        ),
    ),
    Template(
        "price-sensitive",
        Labels("价格敏感客户", "Price-sensitive customers"),
        Labels(
            "折扣占原价的比例高，且近期有购买",
            "A large share of discounts in the full price, and a recent order",
        ),
        every(feature("discount_share", "at_least", parameter("share")), times(ORDER, "at_least", 1, **_LATELY)),
        (_share(0.2, "折扣占比不低于", "Discounts at least"), _days(90)),
    ),
    Template(
        "coupon-hunters",
        Labels("用券达人", "Coupon hunters"),
        Labels("用券订单多，适合发放活动券", "Many orders with a coupon: where coupons are used"),
        feature("coupon_orders", "at_least", parameter("orders")),
        (_orders(6, "最少用券订单数", "Least orders with a coupon"),),
    ),
    Template(
        "promotion-unmoved",
        Labels("大促未响应", "Unmoved by promotions"),
        Labels(
            "近期收到过活动，却没有用过活动券",
            "Received a campaign lately and redeemed no coupon",
        ),
        every(times(RECEIVED, "at_least", 1, **_LATELY), none(times(REDEEMED, "at_least", 1, **_LATELY))),
        (_days(180),),
    ),
    Template(
        "weekend-shoppers",
        Labels("周末购物", "Weekend shoppers"),
        Labels("大部分订单在周末，适合周末推送", "Most of their orders are on weekends: reach them then"),
        every(feature("weekend_share", "at_least", parameter("share")), feature("frequency", "at_least", 5)),
        (_share(0.5, "周末订单占比不低于", "Weekend orders at least"),),
    ),
    Template(
        "category-fans",
        Labels("品类偏好客户", "Fans of a category"),
        Labels("近期多次购买某一品类", "Bought several items of one category lately"),
        {
            "items_of": ORDER,
            "where": {"property": "category", "op": "is", "value": parameter("category")},
            "measure": {"count": True},
            "op": "at_least",
            "value": parameter("items"),
            "window": _LATELY,
        },
        (
            Parameter("category", Labels("品类", "Category"), None),
            Parameter("items", Labels("最少件数", "Least items"), 20, "items"),
            _days(90),
        ),
    ),
    Template(
        "rising",
        Labels("消费上升", "On the rise"),
        Labels("近 4 周消费明显高于之前 12 周", "Spent clearly more in the last 4 weeks than in the 12 before"),
        every(feature("trend_4w_12w", "at_least", parameter("times")), times(ORDER, "at_least", 2, recent_days=28)),
        (Parameter("times", Labels("上升至多少倍", "Times as much"), 1.5, "ratio"),),
    ),
)


def template(key: str) -> Template:
    """The template with this key; raises LookupError."""
    for one in TEMPLATES:
        if one.key == key:
            return one
    raise LookupError(f"There is no template {key!r}.")
