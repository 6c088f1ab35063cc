"""Orders with a coupon."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.profiles.features.base import ORDERS, Feature, Order, sql


class CouponOrders(Feature):
    name_zh = "用券订单数"
    name_en = "Orders with a coupon"
    description_zh = "使用了优惠券的订单数"
    description_en = "Number of orders on which a coupon saved something"
    unit = ORDERS
    without_orders = 0
    expression = sql("COUNT(*) FILTER (WHERE coupon_discount > 0)")

    def meaning(self, orders: Sequence[Order], as_of: datetime) -> float | None:
        return sum(order.coupon_discount > 0 for order in orders)
