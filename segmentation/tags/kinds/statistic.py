"""A feature cut into bands, at fixed bounds or at quantiles of the customers."""

from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Literal

import msgspec
import numpy as np

from segmentation.rules.catalog import NUMBER, Catalog, Labels
from segmentation.tags.bands import band_in_words, band_of, quantile_cuts
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
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem
from segmentation.tags.wording import in_words


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """`cuts` divide the feature's values; `names` are those of the bands, from the lowest, one more than cuts."""

    feature: str
    by: Literal["bounds", "quantiles"]
    cuts: Annotated[list[float], msgspec.Meta(min_length=1, max_length=20)]
    names: list[ValueName]
    # Only customers with more than this are asked: quantiles of those who have any.
    above: float | None = None


class Statistic(Kind[Definition]):
    """Low, medium, high: one band for each customer who has the feature.

    A value on a cut belongs to the band above. Quantiles are rounded to three digits before anybody is placed, so
    that the bounds in the values' names are the true ones.
    """

    labels = Labels("统计", "Statistic")
    description = Labels("把一个指标按固定值或分位数切成若干区间", "One feature cut into bands, at bounds or quantiles")
    example = Example(
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
        (
            (Labels("累计消费 49.99", "Spent 49.99"), Labels("低", "Low")),
            (
                Labels("累计消费 50：恰在界上，归上一档", "Spent 50: on the bound, so the band above"),
                Labels("中", "Medium"),
            ),
            (Labels("累计消费 880", "Spent 880"), Labels("高", "High")),
            (Labels("从未消费", "Never bought"), Labels("—", "—")),
        ),
    )
    shape = Definition

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = feature_problems(catalog, {"feature": definition.feature}, NUMBER)
        cuts, names = definition.cuts, definition.names
        if any(low >= high for low, high in pairwise(cuts)):
            found.append(problem("cuts", "not_rising"))
        if definition.by == "quantiles" and not all(0 < cut < 1 for cut in cuts):
            found.append(problem("cuts", "not_a_quantile"))
        if len(names) != len(cuts) + 1:
            found.append(problem("names", "names_of_bands", cuts=len(cuts), bands=len(cuts) + 1))
        return found + name_problems(names)

    def features(self, definition: Definition) -> list[str]:
        return [definition.feature]

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(name) for name in definition.names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        frame = _asked(definition, context.features([definition.feature]))
        column = frame.columns[definition.feature]
        cuts = definition.cuts if definition.by == "bounds" else quantile_cuts(column.values, definition.cuts)
        bands = band_of(column.values, cuts)
        values = tuple(
            _band(name, low, high, column.unit)
            for name, (low, high) in zip(definition.names, pairwise([None, *cuts, None]), strict=True)
        )
        members = {value.key: frame.customers(bands == place) for place, value in enumerate(values)}
        return Outcome(values, members, {"feature": definition.feature, "unit": column.unit, "cuts": cuts})

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        number, unit, labels = asked.features[definition.feature]
        has = in_words(number, unit)
        return Labels(f"{labels.zh}：{has.zh}", f"{labels.en}: {has.en}")


def _asked(definition: Definition, frame: Frame) -> Frame:
    """The customers that have the feature, and enough of it."""
    column = frame.columns[definition.feature]
    asked = column.present
    if definition.above is not None:
        asked &= np.nan_to_num(column.values, nan=definition.above) > definition.above
    if not asked.any():
        raise TagError(f"No customer has the feature {definition.feature}.", code="feature_missing")
    return frame.where(asked)


def _band(name: ValueName, low: float | None, high: float | None, unit: str) -> Value:
    """The band as a value, its bounds in its name: 高（≥ 200 元）."""
    span = band_in_words(low, high, unit)
    return replace(
        Value.named(name, low=low, high=high), name_zh=f"{name.zh}（{span.zh}）", name_en=f"{name.en} ({span.en})"
    )
