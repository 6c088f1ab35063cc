"""Orders of the last 12 weeks."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import ORDERS, Feature, Order, sql


class Orders12w(Feature):
    name_zh = "近 12 周订单数"
    name_en = "Orders, last 12 weeks"
    description_zh = "基准日当天及之前共 84 天内的订单数"
    description_en = "Number of orders on the base date and the 83 days before"
    unit = ORDERS
    without_orders = 0
    expression = sql("COUNT(*) FILTER (WHERE days_ago < 84)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return sum(order.days_ago(as_of) < 84 for order in orders)
