"""What customers did not tell of themselves, suggested by those who buy alike. Declared tags stay as they are."""

from segmentation.tags.taxonomy.base import Node, ReadyCategory, ReadyTag

CATEGORIES = (ReadyCategory("suggested", "推断标签", "Suggested", parent="demography"),)
# Fewer customers have too few that are alike.
LEAST = 1000


def _alike(tag: str, **more: object) -> Node:
    """By the narrow category of what is bought in a year: broad ones are too much the same for everybody."""
    return {"tag": tag, "ignore": [], "property": "category_path", "past_days": 365, **more}


TAGS = (
    ReadyTag(
        "suggested-children",
        "suggested",
        "子女情况（推断）",
        "Children (suggested)",
        "collaborative",
        # "No children" is what is usual: where nothing stands out it says nothing.
        (_alike("children", until="items", least_lift=1.3),),
        "未填写者按相似购物的客户推断，附支持度、提升度与最相似客户；已填写者不受影响",
        "For those who did not say: what stands out among customers who buy alike, with support, lift and who they are",
        least_customers=LEAST,
    ),
    ReadyTag(
        "spread-marital-status",
        "suggested",
        "婚姻状况（传播）",
        "Married or not (spread)",
        "propagated",
        (_alike("marital-status"),),
        "由已填写者沿购物相似图传播到全体；未到达者为未知，每个取值可追溯到来源客户",
        "Spread from those who said so to all who buy alike; unknown where nothing arrives, and from whom it came",
        least_customers=LEAST,
    ),
)
