"""Money spent."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CURRENCY, Feature, Order, sql, totals


class Monetary(Feature):
    name_zh = "累计消费"
    name_en = "Total spent"
    description_zh = "截至基准日的实付金额合计"
    description_en = "Sum of what was paid for all orders up to the base date"
    unit = CURRENCY
    without_orders = 0
    expression = sql("COALESCE(SUM(total), 0)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return sum(totals(orders))
