"""Share of spending in the favourite brand."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import SHARE, Feature, Order, ratio, spent_by, sql


class BrandShare(Feature):
    name_zh = "偏好品牌占比"
    name_en = "Favourite brand's share"
    description_zh = "偏好品牌的消费占有品牌商品消费的比例"
    description_en = "Spending on the favourite brand, as a share of spending on all brands"
    unit = SHARE
    relation = "brands"
    expression = sql("MAX(amount) / NULLIF(GREATEST(SUM(amount), 0), 0)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        spent = spent_by(orders, lambda item: item.brand)
        return ratio(max(spent.values()), sum(spent.values())) if spent else None
