"""Share of discounts in the list price."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import SHARE, Feature, Order, ratio, sql, totals


class DiscountShare(Feature):
    name_zh = "折扣占比"
    name_en = "Discount share"
    description_zh = "折扣与优惠券合计占原价（实付＋折扣＋优惠券）的比例"
    description_en = "Discounts and coupons as a share of the full price, which is what was paid plus both"
    unit = SHARE
    expression = sql(
        "SUM(discount + coupon_discount) / NULLIF(GREATEST(SUM(COALESCE(total, 0) + discount + coupon_discount), 0), 0)"
    )

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        saved = sum(order.discount + order.coupon_discount for order in orders)
        return ratio(saved, sum(totals(orders)) + saved)
