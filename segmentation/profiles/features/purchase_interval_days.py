"""Average days between orders."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import DAYS, Feature, Order, days_of, sql


class PurchaseIntervalDays(Feature):
    name_zh = "平均购买间隔"
    name_en = "Purchase interval"
    description_zh = "相邻两个购买日之间的平均天数，至少有两个购买日才有值"
    description_en = "Average number of days between days with an order; missing with fewer than two such days"
    unit = DAYS
    expression = sql("(MAX(days_ago) - MIN(days_ago)) / NULLIF(COUNT(DISTINCT days_ago) - 1, 0)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        days = days_of(orders, as_of)
        return (max(days) - min(days)).days / (len(days) - 1) if len(days) > 1 else None
