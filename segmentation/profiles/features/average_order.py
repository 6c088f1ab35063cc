"""Money spent per order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CURRENCY, Feature, Order, sql, totals


class AverageOrder(Feature):
    name_zh = "客单价"
    name_en = "Average order"
    description_zh = "平均每单实付金额"
    description_en = "What was paid per order on average"
    unit = CURRENCY
    expression = sql("AVG(total)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        paid = totals(orders)
        return sum(paid) / len(paid) if paid else None
