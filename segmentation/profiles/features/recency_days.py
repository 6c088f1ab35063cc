"""Days since the last order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import DAYS, Feature, Order, sql


class RecencyDays(Feature):
    name_zh = "距上次购买天数"
    name_en = "Days since last order"
    description_zh = "最近一次下单距基准日的天数，当天为 0"
    description_en = "Calendar days from the last order to the base date; 0 on the same day"
    unit = DAYS
    expression = sql("MIN(days_ago)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return min(order.days_ago(as_of) for order in orders)
