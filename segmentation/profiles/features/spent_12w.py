"""Money spent in the last 12 weeks."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CURRENCY, Feature, Order, sql, totals


class Spent12w(Feature):
    name_zh = "近 12 周消费"
    name_en = "Spent, last 12 weeks"
    description_zh = "基准日当天及之前共 84 天内的实付金额合计"
    description_en = "What was paid for orders on the base date and the 83 days before"
    unit = CURRENCY
    without_orders = 0
    expression = sql("COALESCE(SUM(total) FILTER (WHERE days_ago < 84), 0)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return sum(totals(order for order in orders if order.days_ago(as_of) < 84))
