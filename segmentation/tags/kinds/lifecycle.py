"""Levels that one climbs at once and falls from only when a cycle ends: 会员等级."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from pyroaring import BitMap

from segmentation.rules.catalog import NUMBER, Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value, feature_problems
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem
from segmentation.tags.wording import in_words

# "never": a level once earned is kept.
Cycle = Literal["month", "quarter", "half_year", "year", "never"]
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class Level(ValueName, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A level and the value of the feature from which on it is earned."""

    at_least: float


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The feature that decides, the levels from the lowest, and how one falls."""

    feature: str
    levels: Annotated[list[Level], msgspec.Meta(min_length=1, max_length=20)]
    cycle: Cycle = "year"
    # At the end of a cycle a level is kept with this share of what it takes to earn it; 1 asks for all of it.
    keep: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    # How far one falls at once: to what is earned now, or by one level.
    fall: Literal["to_earned", "one_level"] = "to_earned"


class Lifecycle(Kind[Definition]):
    """Membership levels with hysteresis.

    Up at once: whoever has earned a higher level has it with the next run. Down only with the first run after a cycle
    has ended (calendar months, quarters, halves or years in the rule's zone), and only whoever no longer has `keep` of
    what the level takes. Customers without a value of the feature have earned nothing. The runs of one cycle may come
    in any number: a level depends on the levels before, today's value, and whether a cycle ended in between.
    """

    labels = Labels("生命周期等级", "Lifecycle level")
    description = Labels(
        "达标即升级，周期末才降级，如会员等级", "Levels earned at once and lost only when a cycle ends"
    )
    example = Example(
        {
            "feature": "monetary",
            "cycle": "quarter",
            "keep": 0.8,
            "fall": "one_level",
            "levels": [
                {"key": "silver", "zh": "银卡", "en": "Silver", "at_least": 100},
                {"key": "gold", "zh": "金卡", "en": "Gold", "at_least": 1000},
            ],
        },
        (
            (Labels("银卡，消费升到 1,050：立即升级", "Silver, now spends 1,050: up at once"), Labels("金卡", "Gold")),
            (
                Labels("金卡，消费 850：够 1,000 的八成", "Gold, now spends 850: four fifths of 1,000 will do"),
                Labels("金卡", "Gold"),
            ),
            (
                Labels("金卡，消费 300，季度结束：降一级", "Gold, now spends 300 as the quarter ends: one level down"),
                Labels("银卡", "Silver"),
            ),
        ),
    )
    shape = Definition
    goes_on = True

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = feature_problems(catalog, {"feature": definition.feature}, NUMBER)
        if any(low.at_least >= high.at_least for low, high in pairwise(definition.levels)):
            found.append(problem("levels", "not_rising"))
        return found + name_problems(definition.levels, "levels")

    def features(self, definition: Definition) -> list[str]:
        return [definition.feature]

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(level, at_least=level.at_least) for level in definition.levels)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        frame = context.features([definition.feature])
        column = frame.columns[definition.feature]
        numbers = np.where(column.present, column.values, -np.inf)
        here = np.isin(frame.ids, np.array(context.everybody, dtype=np.uint32))
        thresholds = np.array([level.at_least for level in definition.levels])
        # 0 is no level, 1 the lowest.
        earned = np.searchsorted(thresholds, numbers, side="right")
        had = _had(definition, context, frame.ids)
        level = np.maximum(earned, had)
        cycle = cycle_of(context.as_of, definition.cycle, context.timezone)
        ended = context.previous.get("cycle", cycle) != cycle
        if ended:
            level = np.where(_falls(definition, numbers, had, earned), _fallen(definition, earned, had), level)
        members = {
            one.key: BitMap(frame.ids[here & (level == place)]) for place, one in enumerate(definition.levels, start=1)
        }
        details: dict[str, Any] = {
            "cycle": cycle,
            "cycle_ended": ended,
            "upgraded": int((here & (level > had)).sum()),
            "downgraded": int((here & (level < had)).sum()),
            "kept_above_earned": int((here & (level > earned)).sum()),
        }
        return Outcome(self.values(definition), members, details)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        number, unit, labels = asked.features[definition.feature]
        level = next((one for one in definition.levels if one.key == value.key), definition.levels[0])
        has, needs = in_words(number, unit), in_words(level.at_least, unit)
        if number is not None and number >= level.at_least:
            return Labels(f"{labels.zh}：{has.zh}，达到 {needs.zh}", f"{labels.en}: {has.en}, at least {needs.en}")
        return Labels(
            f"{labels.zh}：{has.zh}，低于 {needs.zh}，保级至周期结束",
            f"{labels.en}: {has.en}, below {needs.en}; kept until the cycle ends",
        )


def cycle_of(as_of: datetime, cycle: str, timezone: str) -> str:
    """The name of the cycle that a moment lies in: "2026-01" for the year, quarter, half or month that begins then."""
    if cycle == "never":
        return "never"
    local = as_of.astimezone(ZoneInfo(timezone))
    months = MONTHS[cycle]
    return f"{local.year}-{(local.month - 1) // months * months + 1:02d}"


def _had(definition: Definition, context: Context, ids: Any) -> Any:
    """The level of each customer after the run before; 0 for none. A level that is no more counts as none."""
    had = np.zeros(len(ids), dtype=np.intp)
    for place, level in enumerate(definition.levels, start=1):
        having = np.array(context.current.get(level.key, BitMap()), dtype=np.uint32)
        had[np.isin(ids, having)] = place
    return had


def _falls(definition: Definition, numbers: Any, had: Any, earned: Any) -> Any:
    """Who has too little to keep the level."""
    needed = np.array([0.0, *(level.at_least for level in definition.levels)])[had] * definition.keep
    return (had > earned) & (numbers < needed)


def _fallen(definition: Definition, earned: Any, had: Any) -> Any:
    return np.maximum(earned, had - 1) if definition.fall == "one_level" else earned
