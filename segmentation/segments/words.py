"""How to say in a cluster's name that a feature is high or low."""

from segmentation.rules.catalog import Labels
from segmentation.segments.naming import Words

# Feature → its words, high and low, and its theme: how much, how often, when, for what price, what.
_WORDS = {
    "monetary": Words(("高消费", "High spend"), ("低消费", "Low spend"), "value"),
    "average_order": Words(("大额订单", "Large orders"), ("小额订单", "Small orders"), "order"),
    "spent_12w": Words(("近期高消费", "High spend lately"), ("近期低消费", "Low spend lately"), "value"),
    "last_order_amount": Words(("末单大额", "Large last order"), ("末单小额", "Small last order"), "order"),
    "basket_size": Words(("一次多件", "Full baskets"), ("一次少件", "Small baskets"), "order"),
    "frequency": Words(("高频", "Frequent"), ("低频", "Infrequent"), "often"),
    "active_weeks": Words(("常来", "Regular"), ("少来", "Irregular"), "often"),
    "active_days": Words(("常来", "Regular"), ("少来", "Irregular"), "often"),
    "purchase_interval_days": Words(("购买间隔长", "Long intervals"), ("购买间隔短", "Short intervals"), "often"),
    "recency_days": Words(("久未购买", "Lapsed"), ("近期活跃", "Recently active"), "when"),
    "trend_4w_12w": Words(("消费上升", "Rising"), ("消费下滑", "Declining"), "trend"),
    "tenure_days": Words(("老客", "Long-standing"), ("新客", "New"), "tenure"),
    "discount_share": Words(("爱买折扣", "Discount seekers"), ("少买折扣", "Few discounts"), "price"),
    "coupon_orders": Words(("爱用券", "Coupon users"), ("少用券", "Few coupons"), "coupon"),
    "coupon_order_share": Words(("爱用券", "Coupon users"), ("少用券", "Few coupons"), "coupon"),
    "brand_share": Words(("品牌忠诚", "Brand loyal"), ("品牌分散", "Many brands"), "brand"),
    "category_diversity": Words(("品类广", "Many categories"), ("品类专一", "Few categories"), "what"),
    "favourite_category_share": Words(
        ("偏爱单一品类", "One favourite category"), ("品类均衡", "Balanced categories"), "what"
    ),
    "weekend_share": Words(("周末购物", "Weekend shoppers"), ("工作日购物", "Weekday shoppers"), "day"),
    "favourite_hour": Words(("晚间购物", "Evening shoppers"), ("早间购物", "Morning shoppers"), "hour"),
}


def words_of(feature: str, labels: Labels) -> Words:
    """The words of a feature; made from its name when it has none of its own."""
    zh, en = labels.text("zh", feature), labels.text("en", feature).lower()
    return _WORDS.get(feature) or Words((f"{zh}高", f"High {en}"), (f"{zh}低", f"Low {en}"), feature)
