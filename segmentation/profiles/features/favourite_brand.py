"""The brand with most spending."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import Feature, Order, favourite, spent_by, sql


class FavouriteBrand(Feature):
    name_zh = "偏好品牌"
    name_en = "Favourite brand"
    description_zh = "消费金额最高的品牌；金额相同取字母序靠前者"
    description_en = "The brand with most spending; of equal ones the first in the alphabet"
    type = "text"
    relation = "brands"
    expression = sql("ARG_MIN(brand, ROW(-amount, brand))")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> str | None:
        return favourite(spent_by(orders, lambda item: item.brand))
