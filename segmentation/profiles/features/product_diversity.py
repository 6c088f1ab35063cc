"""Number of products."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import PRODUCTS, Feature, Order, lines, sql


class ProductDiversity(Feature):
    name_zh = "购买商品种类"
    name_en = "Different products"
    description_zh = "买过的不同商品数"
    description_en = "Number of different products bought"
    unit = PRODUCTS
    relation = "lines"
    expression = sql("COUNT(DISTINCT sku)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return len({item.sku for item in lines(orders)} - {None}) if lines(orders) else None
