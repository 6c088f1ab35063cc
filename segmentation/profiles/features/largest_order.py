"""The largest order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CURRENCY, Feature, Order, sql, totals


class LargestOrder(Feature):
    name_zh = "最大单笔消费"
    name_en = "Largest order"
    description_zh = "单笔订单的最高实付金额"
    description_en = "The most that was paid for one order"
    unit = CURRENCY
    expression = sql("MAX(total)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return max(totals(orders), default=None)
