"""Number of categories."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import CATEGORIES, Feature, Order, spent_by, sql


class CategoryDiversity(Feature):
    name_zh = "购买品类数"
    name_en = "Different categories"
    description_zh = "买过的一级品类数"
    description_en = "Number of different broadest categories bought from"
    unit = CATEGORIES
    relation = "categories"
    expression = sql("COUNT(*)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return len(spent_by(orders, lambda item: item.category)) or None
