"""A worked example for each kind of tag: a definition, what is known, and who must come out."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyroaring import BitMap

from segmentation.prediction.histories import Histories
from segmentation.tags.kinds.base import Context
from tests.segmentation.prediction.shops import TODAY, histories
from tests.segmentation.segments.shapes import shop
from tests.segmentation.tags.contexts import AS_OF, context


@dataclass(frozen=True)
class Case:
    """`members` are the customers of each value; None where the kind's own tests say it better."""

    definition: dict[str, Any]
    context: Context
    members: dict[str, list[int]] | None
    # Features of one customer, and the value of whom is asked why.
    features: dict[str, Any]
    value: str


def purchases_until_now() -> Histories:
    """A made-up shop whose newest day is the day that the kinds are asked about."""
    made, today = histories(300), int(np.datetime64(AS_OF.date(), "D").astype(int))
    return Histories(made.ids, made.days - TODAY + today, made.amounts)


GUESSES = [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}]
# Three buy tools, three buy books.
TASTES = [(who, "tools" if who < 4 else "books", 9 + who) for who in range(1, 7)] + [(1, "food", 1), (5, "food", 2)]
YOUNG = {"trait": "age", "op": "less_than", "value": 30}
ADULT = {"trait": "age", "op": "less_than", "value": 60}

REST = {"key": "rest", "zh": "其他", "en": "Other"}
LOW_TO_HIGH = [
    {"key": "low", "zh": "低", "en": "Low"},
    {"key": "medium", "zh": "中", "en": "Medium"},
    {"key": "high", "zh": "高", "en": "High"},
]

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
    "collaborative": Case(
        {"tag": "guessed", "names": GUESSES, "support": 1, "floor": 0.0, "nearest": 2},
        context(items=TASTES, tagged={"guessed": {"male": [1, 2], "female": [4, 5]}}, everybody=range(1, 8)),
        {"male": [3], "female": [6]},
        {},
        "male",
    ),
    "propagated": Case(
        {"tag": "guessed", "names": GUESSES, "neighbours": 2},
        context(items=TASTES, tagged={"guessed": {"male": [1], "female": [4]}}, everybody=range(1, 8)),
        {"male": [1, 2, 3], "female": [4, 5, 6], "unreached": [7]},
        {},
        "female",
    ),
    "predicted": Case(
        {
            "goal": "purchase",
            "days": 30,
            "cuts": [0.5],
            "names": [{"key": "low", "zh": "低", "en": "Low"}, {"key": "high", "zh": "高", "en": "High"}],
        },
        context(histories=purchases_until_now),
        None,
        {},
        "high",
    ),
    "cluster": Case(
        {"features": ["frequency", "monetary", "recency_days", "discount_share"]},
        context(shop()[0]),
        None,
        {"frequency": 70.0, "monetary": 900.0, "recency_days": 2.0, "discount_share": 0.3},
        "c1",
    ),
    "first_last": Case(
        {"event": "Order Completed", "property": "category", "which": "first", "most": 2, "rest": REST},
        context(
            ends=[
                (
                    1,
                    "肉类",
                ),
                (2, "toys"),
                (3, "toys"),
                (4, "肉类"),
                (5, "toys"),
                (6, "fish"),
            ]
        ),
        {"toys": [2, 3, 5], "cd6afb54": [1, 4], "rest": [6]},
        {},
        "toys",
    ),
    "distribution": Case(
        {"event": "Order Completed", "cuts": [2, 5], "names": LOW_TO_HIGH, "past_days": 90, "never": REST},
        context(periods={1: 1, 2: 2, 3: 4, 4: 5, 5: 90}, everybody=[1, 2, 3, 4, 5, 6]),
        {"low": [1], "medium": [2, 3], "high": [4, 5], "rest": [6]},
        {},
        "medium",
    ),
    "formula": Case(
        {
            "inputs": {
                "spent": {"is": "feature", "feature": "monetary", "otherwise": 0},
                "group": {"is": "tag", "tag": "rfm", "scores": {"important-value": 100}, "otherwise": 0},
            },
            "expression": "spent / 10 + group",
            "by": "bounds",
            "cuts": [10, 100],
            "names": LOW_TO_HIGH,
        },
        context(
            {"monetary": [0, 99.9, 100, 999, None, 1000]},
            everybody=[1, 2, 3, 4, 5, 6, 7],
            tagged={"rfm": {"important-value": [2, 5]}},
        ),
        {"low": [1, 7], "medium": [3, 4], "high": [2, 5, 6]},
        {"monetary": 99.9},
        "high",
    ),
    "affinity": Case(
        {
            "event": "Order Completed",
            "property": "category",
            "value": "books",
            "weight": 10,
            "cuts": [0.8, 1.5],
            "names": LOW_TO_HIGH,
        },
        # Three in ten items are books: 1 buys little else, 2 none, 3 only one thing, which happens to be a book.
        context(items=[(1, "books", 29), (1, "tools", 1), (2, "tools", 69), (3, "books", 1)], everybody=[1, 2, 3, 4]),
        {"low": [2], "medium": [3], "high": [1]},
        {},
        "high",
    ),
    "priority": Case(
        {
            "sources": [{"tag": "declared", "called": {"m": "male"}}, {"tag": "guessed"}],
            "names": [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}],
        },
        context(
            everybody=[1, 2, 3, 4, 5],
            tagged={"declared": {"m": [1], "unknown": [2]}, "guessed": {"female": [1, 2, 3, 9], "male": [4]}},
        ),
        {"male": [1, 4], "female": [2, 3]},
        {},
        "female",
    ),
    "lifecycle": Case(
        {
            "feature": "monetary",
            "levels": [
                {"key": "silver", "zh": "银卡", "en": "Silver", "at_least": 100},
                {"key": "gold", "zh": "金卡", "en": "Gold", "at_least": 1000},
            ],
            "cycle": "quarter",
        },
        context(
            {"monetary": [50, 100, 1000, 50, 500, None]},
            current={"silver": BitMap([4]), "gold": BitMap([5, 6])},
            previous={"cycle": "2026-01"},
        ),
        {"silver": [2, 4], "gold": [3, 5, 6]},
        {"monetary": 500.0},
        "gold",
    ),
    "imported": Case(
        {"names": LOW_TO_HIGH},
        context(everybody=[1, 2, 3], listed={"high": BitMap([1, 9]), "low": BitMap([2])}),
        {"low": [2], "medium": [], "high": [1]},
        {},
        "low",
    ),
    "manual": Case(
        {"names": LOW_TO_HIGH},
        context(everybody=[1, 2, 3], given={"high": BitMap([1, 9]), "low": BitMap([2])}),
        {"low": [2], "medium": [], "high": [1]},
        {},
        "low",
    ),
}
