"""Number of orders."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import ORDERS, Feature, Order, sql


class Frequency(Feature):
    name_zh = "购买次数"
    name_en = "Orders"
    description_zh = "截至基准日的订单数"
    description_en = "Number of orders up to the base date"
    unit = ORDERS
    without_orders = 0
    expression = sql("COUNT(*)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return len(orders)
