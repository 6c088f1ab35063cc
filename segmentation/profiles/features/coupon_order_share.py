"""Share of orders with a coupon."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import SHARE, Feature, Order, sql


class CouponOrderShare(Feature):
    name_zh = "用券订单占比"
    name_en = "Share of orders with a coupon"
    description_zh = "使用了优惠券的订单占全部订单的比例"
    description_en = "Orders on which a coupon saved something, as a share of all"
    unit = SHARE
    expression = sql("AVG(CASE WHEN coupon_discount > 0 THEN 1 ELSE 0 END)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return sum(order.coupon_discount > 0 for order in orders) / len(orders)
