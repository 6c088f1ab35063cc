"""The hour with most orders."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import HOUR, Feature, Order, sql


class FavouriteHour(Feature):
    name_zh = "偏好时段"
    name_en = "Favourite hour"
    description_zh = "下单最多的钟点（0–23）；次数相同取较早者"
    description_en = "The hour of day (0 to 23) with most orders; of equal ones the earlier"
    unit = HOUR
    relation = "hours"
    expression = sql("ARG_MAX(hour, orders * 24 - hour)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        hours = Counter(order.local(as_of).hour for order in orders)
        return min(hours, key=lambda hour: (-hours[hour], hour))
