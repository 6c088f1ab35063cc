"""Money spent per line."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CURRENCY, Feature, Order, lines, sql


class AverageItemPrice(Feature):
    name_zh = "平均商品金额"
    name_en = "Average item"
    description_zh = "平均每行商品的实付金额"
    description_en = "What was paid per line on average"
    unit = CURRENCY
    relation = "lines"
    expression = sql("AVG(amount)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        paid = [item.amount for item in lines(orders) if item.amount is not None]
        return sum(paid) / len(paid) if paid else None
