"""Weeks with an order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import WEEKS, Feature, Order, sql


class ActiveWeeks(Feature):
    name_zh = "活跃周数"
    name_en = "Active weeks"
    description_zh = "以基准日起每 7 天为一周往前数，有下单的周数"
    description_en = "Number of weeks, counted back in blocks of 7 days from the base date, with at least one order"
    unit = WEEKS
    expression = sql("COUNT(DISTINCT days_ago // 7)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return len({order.days_ago(as_of) // 7 for order in orders})
