"""Share of lines bought at a discount."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import SHARE, Feature, Order, lines, sql


class DiscountedItemShare(Feature):
    name_zh = "折扣商品占比"
    name_en = "Share of discounted items"
    description_zh = "有折扣的商品行占全部商品行的比例"
    description_en = "Lines bought at a discount, as a share of all lines"
    unit = SHARE
    relation = "lines"
    expression = sql("AVG(CASE WHEN discount > 0 THEN 1 ELSE 0 END)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        bought = lines(orders)
        return sum(item.discount > 0 for item in bought) / len(bought) if bought else None
