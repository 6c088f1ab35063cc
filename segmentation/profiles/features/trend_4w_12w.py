"""Spending of the last 4 weeks against the 12 before."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import RATIO, Feature, Order, ratio, sql, totals


class Trend4w12w(Feature):
    name_zh = "消费趋势（近 4 周对前 12 周）"
    name_en = "Trend, 4 weeks against 12"
    description_zh = "近 4 周的周均消费除以再之前 12 周的周均消费；大于 1 表示上升"
    description_en = "Weekly spending of the last 4 weeks divided by that of the 12 before; above 1 is rising"
    unit = RATIO
    expression = sql(
        "COALESCE(SUM(total) FILTER (WHERE days_ago < 28), 0) * 3 "
        "/ NULLIF(GREATEST(SUM(total) FILTER (WHERE days_ago BETWEEN 28 AND 111), 0), 0)"
    )

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        recent = totals(order for order in orders if order.days_ago(as_of) < 28)
        before = totals(order for order in orders if 28 <= order.days_ago(as_of) < 112)
        return ratio(sum(recent) * 3, sum(before))
