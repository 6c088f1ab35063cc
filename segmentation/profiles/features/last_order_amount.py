"""Amount of the last order."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CURRENCY, Feature, Order, sql


class LastOrderAmount(Feature):
    name_zh = "最近一单金额"
    name_en = "Last order"
    description_zh = "最近一笔有金额的订单的实付金额"
    description_en = "What was paid for the last order that has an amount"
    unit = CURRENCY
    expression = sql("ARG_MAX(total, ROW(time, id))")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        with_amount = [order for order in orders if order.total is not None]
        last = max(with_amount, key=lambda order: (order.time, order.id), default=None)
        return last.total if last else None
