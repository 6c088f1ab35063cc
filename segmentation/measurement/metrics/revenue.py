"""Money."""

from collections.abc import Sequence

from segmentation.measurement.metrics.base import Metric
from segmentation.profiles.features.base import Order, sql, totals


class Revenue(Metric):
    name_zh = "人均消费"
    name_en = "Revenue per customer"
    description_zh = "窗口内每位客户的实付金额，未下单计为 0"
    description_en = "What was paid in the window per customer, nothing counting as 0"
    format = "amount"
    expression = sql("COALESCE(SUM(total), 0)")

    def meaning(self, orders: Sequence[Order]) -> float:
        return sum(totals(orders))
