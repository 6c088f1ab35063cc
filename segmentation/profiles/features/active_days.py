"""Days with an order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import DAYS, Feature, Order, days_of, sql


class ActiveDays(Feature):
    name_zh = "购买天数"
    name_en = "Days with an order"
    description_zh = "有下单的自然日数"
    description_en = "Number of calendar days with at least one order"
    unit = DAYS
    expression = sql("COUNT(DISTINCT days_ago)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return len(days_of(orders, as_of))
