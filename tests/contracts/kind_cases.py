"""A worked example for each kind of tag: a definition, what is known, and who must come out."""

import json
from dataclasses import dataclass
from typing import Any

from segmentation.tags.kinds.base import Context
from tests.segmentation.segments.shapes import shop
from tests.segmentation.tags.contexts import context


@dataclass(frozen=True)
class Case:
    """`members` are the customers of each value; None where the kind's own tests say it better."""

    definition: dict[str, Any]
    context: Context
    members: dict[str, list[int]] | None
    # Features of one customer, and the value of whom is asked why.
    features: dict[str, Any]
    value: str


YOUNG = {"trait": "age", "op": "less_than", "value": 30}
ADULT = {"trait": "age", "op": "less_than", "value": 60}

CASES = {
    "rule": Case(
        {
            "values": [
                {"key": "young", "zh": "青年", "en": "Young", "rule": {"version": 1, "rule": YOUNG}},
                {"key": "adult", "zh": "成年", "en": "Adult", "rule": {"version": 1, "rule": ADULT}},
            ],
            "otherwise": {"key": "unknown", "zh": "未知", "en": "Unknown"},
        },
        context(answers={json.dumps(YOUNG): [1, 2], json.dumps(ADULT): [1, 2, 3]}, everybody=[1, 2, 3, 4]),
        {"young": [1, 2], "adult": [1, 2, 3], "unknown": [4]},
        {},
        "adult",
    ),
    "statistic": Case(
        {
            "feature": "monetary",
            "by": "bounds",
            "cuts": [50, 200],
            "names": [
                {"key": "low", "zh": "低", "en": "Low"},
                {"key": "medium", "zh": "中", "en": "Medium"},
                {"key": "high", "zh": "高", "en": "High"},
            ],
        },
        context({"monetary": [0, 49.99, 50, 199, 200, 1e6, None]}),
        {"low": [1, 2], "medium": [3, 4], "high": [5, 6]},
        {"monetary": 120.0},
        "medium",
    ),
    "rfm": Case(
        {},
        context(
            {
                "recency_days": [1, 2, 3, 40, 50, 60, 70, 300, None],
                "frequency": [20, 3, 1, 15, 2, 30, 1, 1, 0],
                "monetary": [900, 10, 800, 700, 20, 30, 600, 5, 0],
            }
        ),
        None,
        {"recency_days": 1.0, "frequency": 20.0, "monetary": 900.0},
        "important-value",
    ),
    "preference": Case(
        {"event": "Order Completed", "property": "category", "rest": {"key": "rest", "zh": "其他", "en": "Other"}},
        context(items=[(1, "SEA FOOD", 9), (1, "肉类", 5), (2, "肉类", 3), (3, "肉类", 4), (4, "toys", 2)]),
        {"cd6afb54": [2, 3], "sea-food": [1], "rest": [4]},
        {},
        "sea-food",
    ),
    "cluster": Case(
        {"features": ["frequency", "monetary", "recency_days", "discount_share"]},
        context(shop()[0]),
        None,
        {"frequency": 70.0, "monetary": 900.0, "recency_days": 2.0, "discount_share": 0.3},
        "c1",
    ),
}
