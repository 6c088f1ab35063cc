"""The category with most spending."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import Feature, Order, favourite, spent_by, sql


class FavouriteCategory(Feature):
    name_zh = "偏好品类"
    name_en = "Favourite category"
    description_zh = "消费金额最高的一级品类；金额相同取字母序靠前者"
    description_en = "The broadest category with most spending; of equal ones the first in the alphabet"
    type = "text"
    relation = "categories"
    expression = sql("ARG_MIN(category, ROW(-amount, category))")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> str | None:
        return favourite(spent_by(orders, lambda item: item.category))
