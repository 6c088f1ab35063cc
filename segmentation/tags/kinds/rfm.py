"""RFM: recency, frequency and money, each scored 1 to 5, and the eight classic groups of customers."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from segmentation.rules.catalog import NUMBER, Catalog, Labels
from segmentation.tags.bands import band_of, quantile_cuts
from segmentation.tags.kinds.base import (
    Asked,
    Context,
    Example,
    Frame,
    Kind,
    Outcome,
    TagError,
    Value,
    feature_problems,
)
from segmentation.tags.problems import Problem, problem
from segmentation.tags.wording import in_words

SCORES = 5
QUINTILES = (0.2, 0.4, 0.6, 0.8)
PARTS = ("recency", "frequency", "monetary")

# (R, F, M high?) → the group that everybody in the trade knows by this name.
GROUPS = {
    (True, True, True): Value("important-value", "重要价值客户", "Champions", "#2f9e44"),
    (True, False, True): Value("important-develop", "重要发展客户", "Big spenders to develop", "#66a80f"),
    (False, True, True): Value("important-keep", "重要保持客户", "Loyal spenders slipping away", "#f08c00"),
    (False, False, True): Value("important-rescue", "重要挽留客户", "Big spenders to win back", "#e03131"),
    (True, True, False): Value("general-value", "一般价值客户", "Frequent small spenders", "#1c7ed6"),
    (True, False, False): Value("general-develop", "一般发展客户", "Recent occasional buyers", "#15aabf"),
    (False, True, False): Value("general-keep", "一般保持客户", "Frequent small spenders slipping away", "#7950f2"),
    (False, False, False): Value("general-rescue", "一般挽留客户", "Dormant small spenders", "#868e96"),
}


class Bounds(msgspec.Struct, forbid_unknown_fields=True):
    """Four rising bounds for each part. A value on a bound has the better of the two scores."""

    recency: list[float]
    frequency: list[float]
    monetary: list[float]


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The three features, where the scores are cut, and from when on a part counts as high."""

    recency: str = "recency_days"
    frequency: str = "frequency"
    monetary: str = "monetary"
    # Quintiles of the customers when not given.
    bounds: Bounds | None = None
    # Above the mean of the values, of the scores, or from a score of 4.
    high: Literal["above_mean_score", "above_mean_value", "score_4"] = "above_mean_score"


class RFM(Kind[Definition]):
    """Eight groups by whether recency, frequency and money are each high; customers who never bought are in none.

    Recency is better the smaller it is: the most recent fifth scores 5.
    """

    labels = Labels("RFM", "RFM")
    description = Labels(
        "按最近消费、消费频次、消费金额打分，分为经典八类客户",
        "Recency, frequency and money, scored into eight classic groups",
    )
    example = Example(
        {"high": "score_4"},
        (
            (
                Labels("3 天前购买，近期 20 单，共 900", "Bought 3 days ago, 20 orders, 900 in all"),
                Labels("重要价值客户", "Champions"),
            ),
            (
                Labels("200 天前购买，曾 20 单，共 900", "Bought 200 days ago, 20 orders, 900 in all"),
                Labels("重要保持客户", "Loyal spenders slipping away"),
            ),
            (
                Labels("200 天前购买，1 单，共 30", "Bought 200 days ago, 1 order of 30"),
                Labels("一般挽留客户", "Dormant small spenders"),
            ),
        ),
    )
    shape = Definition

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = feature_problems(catalog, {part: getattr(definition, part) for part in PARTS}, NUMBER)
        for part in PARTS if definition.bounds else ():
            bounds = getattr(definition.bounds, part)
            if len(bounds) != SCORES - 1:
                found.append(problem(f"bounds.{part}", "four_bounds"))
            if any(low >= high for low, high in pairwise(bounds)):
                found.append(problem(f"bounds.{part}", "not_rising"))
        return found

    def features(self, definition: Definition) -> list[str]:
        return [getattr(definition, part) for part in PARTS]

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(GROUPS.values())

    def compute(self, definition: Definition, context: Context) -> Outcome:
        frame = _buyers(definition, context)
        numbers = {part: frame.columns[getattr(definition, part)].values for part in PARTS}
        bounds = {part: _bounds(definition, part, numbers[part]) for part in PARTS}
        scores = {part: _scores(part, numbers[part], bounds[part]) for part in PARTS}
        high = {part: _is_high(definition, part, numbers[part], scores[part]) for part in PARTS}
        members = {
            value.key: frame.customers(np.all([high[part] == up for part, up in zip(PARTS, ups, strict=True)], axis=0))
            for ups, value in GROUPS.items()
        }
        details = {"bounds": bounds, "grid": _grid(scores, numbers["monetary"]), "customers": len(frame.ids)}
        return Outcome(tuple(GROUPS.values()), members, details)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        zh, en = [], []
        for part in PARTS:
            number, unit, labels = asked.features[getattr(definition, part)]
            has = in_words(number, unit)
            zh.append(f"{labels.zh}：{has.zh}")
            en.append(f"{labels.en}: {has.en}")
        return Labels("；".join(zh), "; ".join(en))


def _buyers(definition: Definition, context: Context) -> Frame:
    keys = [getattr(definition, part) for part in PARTS]
    frame = context.features(keys)
    bought = np.all([frame.columns[key].present for key in keys], axis=0)
    if not bought.any():
        raise TagError(f"No customer has all of {', '.join(keys)}.", code="feature_missing")
    return frame.where(bought)


def _bounds(definition: Definition, part: str, numbers: NDArray[Any]) -> list[float]:
    if definition.bounds:
        return list(getattr(definition.bounds, part))
    return quantile_cuts(numbers, QUINTILES)


def _scores(part: str, numbers: NDArray[Any], bounds: Sequence[float]) -> NDArray[np.intp]:
    """1 to 5 for each customer."""
    if part == "recency":
        return SCORES - np.searchsorted(np.asarray(bounds, dtype=float), numbers, side="left")
    return 1 + band_of(numbers, bounds)


def _is_high(definition: Definition, part: str, numbers: NDArray[Any], scores: NDArray[np.intp]) -> NDArray[np.bool_]:
    if definition.high == "score_4":
        return scores >= 4
    if definition.high == "above_mean_score":
        return scores > scores.mean()
    return numbers < numbers.mean() if part == "recency" else numbers > numbers.mean()


def _grid(scores: dict[str, NDArray[np.intp]], money: NDArray[Any]) -> list[dict[str, Any]]:
    """The heat map: for each pair of R and F scores how many customers there are, and what they spend on average."""
    cells = []
    for r in range(1, SCORES + 1):
        for f in range(1, SCORES + 1):
            here = (scores["recency"] == r) & (scores["frequency"] == f)
            mean = round(float(money[here].mean()), 2) if here.any() else None
            cells.append({"r": r, "f": f, "customers": int(here.sum()), "monetary": mean})
    return cells
