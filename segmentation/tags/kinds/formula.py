"""A figure made of other tags and features by arithmetic, cut into bands: a health score, a potential."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from segmentation.rules.catalog import NUMBER, Catalog, Labels
from segmentation.tags.bands import band_of, quantile_cuts
from segmentation.tags.expressions import BadExpression, Expression, read
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, TagError, Value, feature_problems
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem

Column = NDArray[np.float64]


class FeatureInput(msgspec.Struct, forbid_unknown_fields=True, tag_field="is", tag="feature"):
    """A feature's value; `otherwise` for customers who have none."""

    feature: str
    otherwise: float | None = None


class TagInput(msgspec.Struct, forbid_unknown_fields=True, tag_field="is", tag="tag"):
    """A number for each value of a tag; of several values the largest counts. `otherwise` for whoever has none."""

    tag: str
    scores: Annotated[dict[str, float], msgspec.Meta(min_length=1)]
    otherwise: float | None = None


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The names in the expression, what they stand for, and how the result is cut; see `statistic` for the cuts."""

    inputs: dict[str, FeatureInput | TagInput]
    expression: str
    by: Literal["bounds", "quantiles"]
    cuts: Annotated[list[float], msgspec.Meta(min_length=1, max_length=20)]
    names: list[ValueName]


class Formula(Kind[Definition]):
    """A score of everybody for whom all of it is known. A value on a cut belongs to the band above."""

    labels = Labels("公式", "Formula")
    description = Labels(
        "由其他标签与指标计算得出的分数，按区间分层", "A score made of other tags and figures, in bands"
    )
    example = Example(
        {
            "inputs": {
                "spent": {"is": "feature", "feature": "monetary", "otherwise": 0},
                "orders": {"is": "feature", "feature": "frequency", "otherwise": 0},
            },
            "expression": "spent / 10 + 5 * orders",
            "by": "bounds",
            "cuts": [20, 100],
            "names": [
                {"key": "low", "zh": "低", "en": "Low"},
                {"key": "medium", "zh": "中", "en": "Medium"},
                {"key": "high", "zh": "高", "en": "High"},
            ],
        },
        (
            (Labels("消费 50、1 单：5 + 5 = 10", "Spent 50 in 1 order: 5 + 5 = 10"), Labels("低", "Low")),
            (Labels("消费 600、3 单：60 + 15 = 75", "Spent 600 in 3 orders: 60 + 15 = 75"), Labels("中", "Medium")),
            (Labels("消费 900、8 单：90 + 40 = 130", "Spent 900 in 8 orders: 90 + 40 = 130"), Labels("高", "High")),
        ),
    )
    shape = Definition

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        inputs, cuts = definition.inputs, definition.cuts
        used = {f"inputs.{n}.feature": one.feature for n, one in inputs.items() if isinstance(one, FeatureInput)}
        found = feature_problems(catalog, used, NUMBER)
        for name, one in inputs.items():
            found += _tag_problems(f"inputs.{name}", one, catalog) if isinstance(one, TagInput) else []
        found += _expression_problems(definition)
        if any(low >= high for low, high in pairwise(cuts)):
            found.append(problem("cuts", "not_rising"))
        if definition.by == "quantiles" and not all(0 < cut < 1 for cut in cuts):
            found.append(problem("cuts", "not_a_quantile"))
        if len(definition.names) != len(cuts) + 1:
            found.append(problem("names", "names_of_bands", cuts=len(cuts), bands=len(cuts) + 1))
        return found + name_problems(definition.names)

    def features(self, definition: Definition) -> list[str]:
        return [one.feature for one in definition.inputs.values() if isinstance(one, FeatureInput)]

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(name) for name in definition.names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        ids = np.array(context.everybody, dtype=np.uint32)
        columns = _columns(definition, context, ids)
        scores = read(definition.expression).value(columns)
        present = ~np.isnan(scores)
        if not present.any():
            raise TagError("The formula has no value for anybody.", code="feature_missing")
        cuts = definition.cuts
        if definition.by == "quantiles":
            cuts = quantile_cuts(scores[present], definition.cuts)
        bands = band_of(scores, cuts)
        members = {name.key: BitMap(ids[present & (bands == place)]) for place, name in enumerate(definition.names)}
        return Outcome(
            self.values(definition), members, {"cuts": cuts, "mean": round(float(scores[present].mean()), 6)}
        )

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        return Labels(f"由公式 {definition.expression} 得出", f"By the formula {definition.expression}")


def _tag_problems(place: str, one: TagInput, catalog: Catalog) -> list[Problem]:
    if one.tag not in catalog.tags:
        return [problem(f"{place}.tag", "unknown_name", name=one.tag)]
    unknown = [value for value in one.scores if value not in catalog.tags[one.tag].values]
    return [problem(f"{place}.scores", "unknown_value", name=one.tag, value=value) for value in unknown]


def _expression_problems(definition: Definition) -> list[Problem]:
    try:
        expression = read(definition.expression)
    except BadExpression as error:
        return [Problem("expression", "expression", Labels(error.chinese, str(error)))]
    unknown = sorted(expression.names - definition.inputs.keys())
    nothing = [] if _has_names(expression) else [problem("expression", "no_input")]
    return [problem("expression", "unknown_input", name=name) for name in unknown] + nothing


def _has_names(expression: Expression) -> bool:
    return bool(expression.names)


def _columns(definition: Definition, context: Context, ids: NDArray[np.uint32]) -> Mapping[str, Column]:
    keys = [one.feature for one in definition.inputs.values() if isinstance(one, FeatureInput)]
    frame = context.features(keys) if keys else None
    columns = {}
    for name, one in definition.inputs.items():
        column = np.full(len(ids), np.nan if one.otherwise is None else one.otherwise)
        if isinstance(one, TagInput):
            _score(column, ids, one, context)
        elif frame is not None:
            found = frame.columns[one.feature]
            rows = found.present & np.isin(frame.ids, ids)
            column[np.searchsorted(ids, frame.ids[rows])] = found.values[rows]
        columns[name] = column
    return columns


def _score(column: Column, ids: NDArray[np.uint32], one: TagInput, context: Context) -> None:
    """The scores of a tag's values, the largest last, so that it stays."""
    tagged = context.tagged(one.tag)
    for value, number in sorted(one.scores.items(), key=lambda pair: pair[1]):
        having = np.array(tagged.get(value, BitMap()) & context.everybody, dtype=np.uint32)
        column[np.searchsorted(ids, having)] = number
