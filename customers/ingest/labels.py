"""Names in Chinese and English that well-known events, properties and traits get when they are first seen."""

# By name: (Chinese, English). Events are named as in the Segment e-commerce specification.
EVENTS = {
    "Order Completed": ("完成订单", "Order completed"),
    "Order Refunded": ("订单退款", "Order refunded"),
    "Order Cancelled": ("取消订单", "Order cancelled"),
    "Product Viewed": ("浏览商品", "Product viewed"),
    "Product Added": ("加入购物车", "Product added to cart"),
    "Checkout Started": ("开始结算", "Checkout started"),
    "Campaign Received": ("收到营销活动", "Campaign received"),
    "Coupon Redeemed": ("使用优惠券", "Coupon redeemed"),
}

FIELDS = {
    "order_id": ("订单号", "Order number"),
    "total": ("实付金额", "Amount paid"),
    "discount": ("优惠金额", "Discount"),
    "coupon_discount": ("优惠券抵扣", "Coupon discount"),
    "store": ("门店", "Store"),
    "country": ("国家/地区", "Country"),
    "sku": ("商品编码", "SKU"),
    "name": ("商品名称", "Product name"),
    "category": ("品类", "Category"),
    "brand": ("品牌", "Brand"),
    "quantity": ("数量", "Quantity"),
    "price": ("单价", "Unit price"),
    "amount": ("行金额", "Line amount"),
    "campaign_id": ("活动编号", "Campaign number"),
    "campaign_type": ("活动类型", "Campaign type"),
    "coupon_upc": ("优惠券编码", "Coupon code"),
}

TRAITS = {
    "age_band": ("年龄段", "Age band"),
    "age_from": ("年龄（下限）", "Age (at least)"),
    "income_band": ("收入区间", "Income band"),
    "income_from": ("年收入（下限）", "Yearly income (at least)"),
    "home_ownership": ("住房情况", "Home ownership"),
    "marital_status": ("婚姻状况", "Marital status"),
    "household_size": ("家庭人数", "Household size"),
    "household_composition": ("家庭构成", "Household composition"),
    "kids_count": ("孩子数量", "Number of children"),
    "age": ("年龄", "Age"),
    "gender": ("性别", "Gender"),
    "birthday": ("生日", "Birthday"),
    "city": ("城市", "City"),
    "province": ("省份", "Province"),
    "country": ("国家/地区", "Country"),
    "level": ("会员等级", "Membership level"),
}


def labels(known: dict[str, tuple[str, str]], name: str) -> dict[str, str]:
    """The two names of `name` as fields of its catalogue row; empty for one that is not well known."""
    zh, en = known.get(name, ("", ""))
    return {"label_zh": zh, "label_en": en}
