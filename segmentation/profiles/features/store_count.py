"""Number of stores."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import STORES, Feature, Order, sql


class StoreCount(Feature):
    name_zh = "购买门店数"
    name_en = "Stores"
    description_zh = "下过单的不同门店数"
    description_en = "Number of different stores of the orders"
    unit = STORES
    expression = sql("COUNT(DISTINCT store)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return len({order.store for order in orders} - {None})
