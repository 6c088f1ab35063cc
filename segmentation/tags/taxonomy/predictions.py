"""What customers will probably do."""

from typing import Any

from segmentation.tags.taxonomy.base import Node, ReadyCategory, ReadyTag, name

CATEGORIES = (ReadyCategory("predictions", "预测", "Predictions"),)
# Enough that a hundred of either outcome can be hoped for.
LEAST = 1000


def _predicted(goal: str, days: int, *names: tuple[str, str, str]) -> Node:
    """Seven in ten low, two in ten medium, one in ten high."""
    bands: list[dict[str, Any]] = [name(*one) for one in names]
    return {"goal": goal, "days": days, "by": "quantiles", "cuts": [0.7, 0.9], "names": bands}


TAGS = (
    ReadyTag(
        "chance-to-buy",
        "predictions",
        "购买概率（30 天）",
        "Chance to buy within 30 days",
        "predicted",
        (_predicted("purchase", 30, ("low", "低", "Low"), ("medium", "中", "Medium"), ("high", "高", "High")),),
        "未来 30 天内至少购买一次的概率，由历史购买学得并经校准",
        "The calibrated chance of at least one purchase in the next 30 days, learnt from purchases",
        least_customers=LEAST,
    ),
    ReadyTag(
        "chance-to-leave",
        "predictions",
        "流失概率（60 天）",
        "Chance to stay away for 60 days",
        "predicted",
        (_predicted("churn", 60, ("low", "低", "Low"), ("medium", "中", "Medium"), ("high", "高", "High")),),
        "未来 60 天内没有任何购买的概率",
        "The calibrated chance of no purchase at all in the next 60 days",
        least_customers=LEAST,
    ),
    ReadyTag(
        "expected-spending",
        "predictions",
        "预计消费（90 天）",
        "Expected spending in 90 days",
        "predicted",
        (_predicted("value", 90, ("low", "低", "Low"), ("medium", "中", "Medium"), ("high", "高", "High")),),
        "未来 90 天的预计消费额（BG/NBD 与 Gamma-Gamma 模型）",
        "What the customer will probably spend in the next 90 days (BG/NBD and Gamma-Gamma)",
        least_customers=LEAST,
    ),
)
