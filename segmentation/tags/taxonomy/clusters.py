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
                "features": ["recency_days", "frequency", "monetary", "discount_share", "coupon_orders"],
                "between": [4, 8],
                "useless": "leave_out",
            },
        ),
        "综合最近消费、频次、金额、折扣与用券，由 k 均值自动发现的客群",
        "Groups found by k-means in recency, frequency, money, discounts and coupons together",
    ),
)
