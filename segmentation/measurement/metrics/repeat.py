"""Whether a customer bought more than once."""

from collections.abc import Sequence

from segmentation.measurement.metrics.base import Metric
from segmentation.profiles.features.base import Order, sql


class Repeat(Metric):
    name_zh = "复购率"
    name_en = "Repeat purchase"
    description_zh = "窗口内至少下过两单的客户占比"
    description_en = "Share of customers with at least two orders in the window"
    format = "share"
    expression = sql("CASE WHEN COUNT(*) >= 2 THEN 1 ELSE 0 END")

    def meaning(self, orders: Sequence[Order]) -> float:
        return float(len(orders) >= 2)
