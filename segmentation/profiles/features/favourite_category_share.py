"""Share of spending in the favourite category."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import SHARE, Feature, Order, ratio, spent_by, sql


class FavouriteCategoryShare(Feature):
    name_zh = "偏好品类占比"
    name_en = "Favourite category's share"
    description_zh = "偏好品类的消费占有品类商品消费的比例"
    description_en = "Spending in the favourite category, as a share of spending in all categories"
    unit = SHARE
    relation = "categories"
    expression = sql("MAX(amount) / NULLIF(GREATEST(SUM(amount), 0), 0)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        spent = spent_by(orders, lambda item: item.category)
        return ratio(max(spent.values()), sum(spent.values())) if spent else None
