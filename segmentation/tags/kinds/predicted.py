"""What a customer will probably do: buy within N days, stay away, or spend; one band of chance for each."""

from itertools import pairwise
from typing import Annotated, Literal

import msgspec
import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from customers import plugins
from segmentation.prediction.goals.base import Goal, Prediction
from segmentation.prediction.histories import FEATURES
from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.bands import band_in_words, band_of, quantile_cuts
from segmentation.tags.drift import spread_of
from segmentation.tags.kinds.base import Asked, Context, Document, Example, Kind, Outcome, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem
from segmentation.tags.wording import in_words

GOALS = "segmentation.prediction.goals"
ORDER = "Order Completed"
# How many features the answer to "why?" tells.
REASONS = 3


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """Which goal, for how many days ahead, and the bands: quantiles of everybody's scores, or fixed scores."""

    goal: str
    names: list[ValueName]
    cuts: Annotated[list[float], msgspec.Meta(min_length=1, max_length=20)]
    by: Literal["quantiles", "bounds"] = "quantiles"
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30


class Predicted(Kind[Definition]):
    """Learnt from the days before, judged on days it had not seen, then asked about the days to come.

    Everybody with a purchase gets a score. The run tells how well the same procedure would have done one span
    earlier: ranking, calibration, expected beside actual by decile.
    """

    labels = Labels("预测", "Predicted")
    description = Labels(
        "由历史购买预测未来：购买、流失或消费额", "What a customer will probably do, learnt from purchases"
    )
    origin = "predicted"
    example = Example(
        {
            "goal": "purchase",
            "days": 30,
            "by": "bounds",
            "cuts": [0.2, 0.6],
            "names": [
                {"key": "low", "zh": "低", "en": "Low"},
                {"key": "medium", "zh": "中", "en": "Medium"},
                {"key": "high", "zh": "高", "en": "High"},
            ],
        },
        (
            (
                Labels("每周购买，预计 30 天内购买概率 92%", "Buys weekly: 92 % likely to within 30 days"),
                Labels("高", "High"),
            ),
            (Labels("半年未购买，概率 4%", "Away for half a year: 4 % likely"), Labels("低", "Low")),
        ),
    )
    shape = Definition
    keeps_scores = True

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = []
        if ORDER not in catalog.events:
            found.append(problem("goal", "unknown_event", name=ORDER))
        known = plugins.names(GOALS)
        if definition.goal not in known:
            found.append(problem("goal", "unknown_goal", found=definition.goal, choices=", ".join(known)))
        cuts, names = definition.cuts, definition.names
        if any(low >= high for low, high in pairwise(cuts)):
            found.append(problem("cuts", "not_rising"))
        if definition.by == "quantiles" and not all(0 < cut < 1 for cut in cuts):
            found.append(problem("cuts", "not_a_quantile"))
        if len(names) != len(cuts) + 1:
            found.append(problem("names", "names_of_bands", cuts=len(cuts), bands=len(cuts) + 1))
        return found + name_problems(names)

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(name) for name in definition.names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        today = int(np.datetime64(context.as_of.date(), "D").astype(int))
        goal = plugins.load(GOALS, definition.goal, Goal)
        context.progress("fitting", 0, 0)
        found = goal.predict(context.histories(), today=today, days=definition.days, seed=context.seed)
        cuts = definition.cuts if definition.by == "bounds" else quantile_cuts(found.scores, definition.cuts)
        bands = band_of(found.scores, cuts)
        values = tuple(
            _band(name, low, high, goal.unit)
            for name, (low, high) in zip(definition.names, pairwise([None, *cuts, None]), strict=True)
        )
        members = {value.key: BitMap(found.ids[bands == place]) for place, value in enumerate(values)}
        details = {"goal": definition.goal, "days": definition.days, "cuts": cuts, "unit": goal.unit, **found.card}
        details["spread"] = spread_of(found.scores, goal.unit)
        return Outcome(values, members, details, _table(found))

    def score_unit(self, definition: Document) -> str:
        return plugins.load(GOALS, definition["goal"], Goal).unit

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        goal = plugins.load(GOALS, definition.goal, Goal)
        if asked.score is None:
            return goal.labels
        zh, en = [], []
        reasons = zip(asked.score["features"], asked.score["values"], asked.score["adds"], strict=True)
        for key, number, adds in reasons:
            labels, unit = FEATURES[key]
            has = in_words(number, unit) if number is not None else Labels("无", "none")
            up = adds > 0
            zh.append(f"{labels.zh} {has.zh}（{'提高' if up else '降低'}）")
            en.append(f"{labels.en} {has.en} ({'raises' if up else 'lowers'} it)")
        score = in_words(asked.score["score"], goal.unit)
        return Labels(
            f"{goal.labels.zh}（{definition.days} 天）：{score.zh}；" + "；".join(zh),
            f"{goal.labels.en}, {definition.days} days: {score.en}; " + "; ".join(en),
        )


def _band(name: ValueName, low: float | None, high: float | None, unit: str) -> Value:
    span = band_in_words(low, high, unit)
    named = Value.named(name, low=low, high=high)
    return Value(named.key, f"{name.zh}（{span.zh}）", f"{name.en} ({span.en})", named.colour, named.detail)


def _table(found: Prediction) -> pa.Table:
    """A row per customer: the score, where everybody starts, the features that moved it most, and the rest."""
    keys = np.array(list(FEATURES))
    first = np.argsort(-np.abs(found.adds), axis=1, kind="stable")[:, :REASONS]
    adds = np.take_along_axis(found.adds, first, axis=1)
    values = np.take_along_axis(found.rows, first, axis=1)
    return pa.table(
        {
            "id": pa.array(found.ids, pa.int32()),
            "score": pa.array(found.scores, pa.float64()),
            "made": pa.array(found.made, pa.float64()),
            "start": pa.array(np.full(len(found.ids), found.start), pa.float64()),
            "features": pa.array(keys[first].tolist(), pa.list_(pa.string())),
            "values": pa.array([[None if np.isnan(v) else v for v in row] for row in values], pa.list_(pa.float64())),
            "adds": pa.array(adds.tolist(), pa.list_(pa.float64())),
            "others": pa.array(found.made - found.start - adds.sum(axis=1), pa.float64()),
        }
    )
