"""In how many days, weeks or months a customer did something, cut into bands: active days of the last quarter."""

from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.bands import band_of
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem

UNITS = {"days": Labels("天", "days"), "weeks": Labels("周", "weeks"), "months": Labels("个月", "months")}


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """`cuts` divide the number of periods; `names` are those of the bands, from the lowest, one more than cuts."""

    event: str
    cuts: Annotated[list[Annotated[int, msgspec.Meta(ge=2)]], msgspec.Meta(min_length=1, max_length=20)]
    names: list[ValueName]
    unit: Literal["days", "weeks", "months"] = "days"
    # Whole days before the base date; all time when not given.
    past_days: Annotated[int, msgspec.Meta(ge=1)] | None = None
    # Whoever never did it in this time; without a name they have no value.
    never: ValueName | None = None


class Distribution(Kind[Definition]):
    """How an activity is spread over time, whatever its volume: ten orders on one day are one active day.

    A number on a cut belongs to the band above. Days are those of the shop's time zone; weeks begin on Monday.
    """

    labels = Labels("分布", "Distribution")
    description = Labels(
        "行为发生的天数、周数或月数，按区间分层", "In how many days, weeks or months something happened, in bands"
    )
    example = Example(
        {
            "event": "Order Completed",
            "unit": "days",
            "past_days": 90,
            "cuts": [2, 5],
            "names": [
                {"key": "low", "zh": "低", "en": "Low"},
                {"key": "medium", "zh": "中", "en": "Medium"},
                {"key": "high", "zh": "高", "en": "High"},
            ],
            "never": {"key": "never", "zh": "未购买", "en": "Never"},
        },
        (
            (
                Labels("同一天 10 单：只算一天", "Ten orders on one day: one active day"),
                Labels("低（1 天）", "Low (1 days)"),
            ),
            (Labels("在 3 天里各有订单", "Orders on 3 days"), Labels("中（2–4 天）", "Medium (2–4 days)")),
            (Labels("90 天内没有订单", "No order in 90 days"), Labels("未购买", "Never")),
        ),
    )
    shape = Definition

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        cuts, names = definition.cuts, definition.names
        known = definition.event in catalog.events
        found = [] if known else [problem("event", "unknown_event", name=definition.event)]
        if any(low >= high for low, high in pairwise(cuts)):
            found.append(problem("cuts", "not_rising"))
        if len(names) != len(cuts) + 1:
            found.append(problem("names", "names_of_bands", cuts=len(cuts), bands=len(cuts) + 1))
        return found + name_problems([*names, *([definition.never] if definition.never else [])])

    def values(self, definition: Definition) -> tuple[Value, ...]:
        bands = pairwise([1, *definition.cuts, None])
        values = [
            _band(name, low or 1, high, definition.unit)
            for name, (low, high) in zip(definition.names, bands, strict=True)
        ]
        return (*values, *([Value.named(definition.never)] if definition.never else []))

    def compute(self, definition: Definition, context: Context) -> Outcome:
        counts = context.periods(definition.event, definition.unit, definition.past_days)
        bands = band_of(counts.numbers, definition.cuts)
        members = {name.key: BitMap(counts.ids[bands == place]) for place, name in enumerate(definition.names)}
        if definition.never:
            members[definition.never.key] = context.everybody - BitMap(counts.ids)
        return Outcome(self.values(definition), members)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        unit, days = UNITS[definition.unit], definition.past_days
        when = Labels(f"过去 {days} 天内", f"in the past {days} days") if days else Labels("历史上", "ever")
        if definition.never and value.key == definition.never.key:
            return Labels(f"{when.zh}没有“{definition.event}”", f"No “{definition.event}” {when.en}")
        span = _span(int(value.detail["low"]), value.detail["high"])
        return Labels(
            f"{when.zh}有 {span} {unit.zh}发生过“{definition.event}”",
            f"“{definition.event}” on {span} {unit.en} {when.en}",
        )


def _band(name: ValueName, low: int, high: int | None, unit: str) -> Value:
    span, words = _span(low, high), UNITS[unit]
    return replace(
        Value.named(name, low=low, high=high),
        name_zh=f"{name.zh}（{span} {words.zh}）",
        name_en=f"{name.en} ({span} {words.en})",
    )


def _span(low: int, high: int | None) -> str:
    """Nothing lies between 4 and 5 days: 2 up to 5 is 2 to 4."""
    if high is None:
        return f"≥ {low}"
    return str(low) if high == low + 1 else f"{low}–{high - 1}"
