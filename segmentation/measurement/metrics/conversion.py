"""Whether a customer bought."""

from collections.abc import Sequence

from segmentation.measurement.metrics.base import Metric
from segmentation.profiles.features.base import Order, sql


class Conversion(Metric):
    name_zh = "转化率"
    name_en = "Conversion"
    description_zh = "窗口内至少下过一单的客户占比"
    description_en = "Share of customers with at least one order in the window"
    format = "share"
    expression = sql("1")

    def meaning(self, orders: Sequence[Order]) -> float:
        return 1.0
