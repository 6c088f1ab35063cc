"""Groups that nobody defined: found by an algorithm."""

from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag

CATEGORIES = (ReadyCategory("clusters", "聚类分群", "Clusters"),)

TAGS = (
    ReadyTag(
        "behaviour-cluster",
        "clusters",
        "行为聚类",
        "Behaviour cluster",
        "cluster",
        (
            {
                "features": [
                    "recency_days",
                    "frequency",
                    "monetary",
                    "average_order",
                    "discount_share",
                    "coupon_orders",
                    "category_diversity",
                    "brand_share",
                    "weekend_share",
                    "trend_4w_12w",
                ],
                "useless": "leave_out",
            },
        ),
        "综合消费、频次、折扣、品类与时间习惯，由 k 均值自动发现的客群",
        "Groups found by k-means in spending, frequency, discounts, range and habits together",
    ),
)
