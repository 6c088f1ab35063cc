"""Share of orders on weekends."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import SHARE, Feature, Order, sql


class WeekendShare(Feature):
    name_zh = "周末订单占比"
    name_en = "Weekend share"
    description_zh = "周六、周日的订单占全部订单的比例"
    description_en = "Orders on Saturdays and Sundays, as a share of all"
    unit = SHARE
    expression = sql("AVG(CASE WHEN weekday >= 6 THEN 1 ELSE 0 END)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return sum(order.local(as_of).isoweekday() >= 6 for order in orders) / len(orders)
