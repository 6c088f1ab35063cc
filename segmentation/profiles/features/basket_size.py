"""Lines per order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import ITEMS, Feature, Order, sql


class BasketSize(Feature):
    name_zh = "平均每单商品数"
    name_en = "Basket size"
    description_zh = "有商品明细的订单平均每单的商品行数"
    description_en = "Lines per order on average, of the orders that have lines"
    unit = ITEMS
    relation = "lines"
    expression = sql("COUNT(*) / COUNT(DISTINCT order_id)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        sizes = [len(order.items) for order in orders if order.items]
        return sum(sizes) / len(sizes) if sizes else None
