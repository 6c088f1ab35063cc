"""Days since the first order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import DAYS, Feature, Order, sql


class TenureDays(Feature):
    name_zh = "首次购买距今天数"
    name_en = "Days since first order"
    description_zh = "首次下单距基准日的天数"
    description_en = "Calendar days from the first order to the base date"
    unit = DAYS
    expression = sql("MAX(days_ago)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return max(order.days_ago(as_of) for order in orders)
