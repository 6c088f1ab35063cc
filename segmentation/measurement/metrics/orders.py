"""How many orders."""

from collections.abc import Sequence

from segmentation.measurement.metrics.base import Metric
from segmentation.profiles.features.base import Order, sql


class Orders(Metric):
    name_zh = "人均订单数"
    name_en = "Orders per customer"
    description_zh = "窗口内每位客户的订单数，未下单计为 0"
    description_en = "Orders in the window per customer, none counting as 0"
    format = "number"
    expression = sql("COUNT(*)")

    def meaning(self, orders: Sequence[Order]) -> float:
        return float(len(orders))
