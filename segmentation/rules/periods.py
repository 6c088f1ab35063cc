"""Runs of calendar periods: "the recent 6 weeks" with this one, "the past 6 weeks" without. For `regularly`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation.rules.days import EPOCH, Moment, midnight
from segmentation.rules.reading import Reading
from segmentation.rules.windows import Bounds, first_of_days, first_of_months, first_of_weeks

RECENT, PAST = "recent", "past"
MOST_PERIODS = 1000


@dataclass(frozen=True, slots=True)
class Unit:
    """A calendar period: the first day of the one so many away from a day's, and the number of a day's."""

    first: Callable[[date, int], date]
    number: Callable[[date], int]


UNITS = {
    "days": Unit(first_of_days, lambda day: day.toordinal()),
    # Day 4 of the era of Unix is the first Monday.
    "weeks": Unit(first_of_weeks, lambda day: ((day - EPOCH.date()).days - 4) // 7),
    "months": Unit(lambda day, shift: first_of_months(day, shift), lambda day: day.year * 12 + day.month),
    "quarters": Unit(
        lambda day, shift: first_of_months(day, shift, 3), lambda day: day.year * 4 + (day.month - 1) // 3
    ),
    "years": Unit(lambda day, shift: first_of_months(day, shift, 12), lambda day: day.year),
}
KINDS = tuple(f"{which}_{unit}" for which in (RECENT, PAST) for unit in UNITS)


@dataclass(frozen=True, slots=True)
class Periods:
    """So many periods, up to the current one or to the one before."""

    kind: str
    count: int

    @property
    def unit(self) -> Unit:
        return UNITS[self.kind.partition("_")[2]]

    def bounds(self, moment: Moment) -> Bounds:
        """From the first instant of the first to the moment, or to the last of the last whole one."""
        with_current = self.kind.startswith(RECENT)
        first = self.unit.first(moment.today, 1 - self.count if with_current else -self.count)
        end = self.unit.first(moment.today, 1 if with_current else 0)
        bounds = Bounds(midnight(first, moment.timezone), midnight(end, moment.timezone))
        return bounds.until(moment.as_of)


def read_periods(reading: Reading, raw: object, path: str) -> Periods | None:
    """The periods from JSON; None with a problem noted."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    if len(document) != 1 or not document.keys() <= set(KINDS):
        reading.problem(path, "no_condition", choices=list(KINDS))
        return None
    [(kind, value)] = document.items()
    count = reading.whole(value, f"{path}.{kind}", 1, MOST_PERIODS)
    return None if count is None else Periods(kind, count)


def periods_schema() -> dict[str, Any]:
    """JSON Schema of a run of periods."""
    count = {"type": "integer", "minimum": 1, "maximum": MOST_PERIODS}
    return {
        "type": "object",
        "properties": dict.fromkeys(KINDS, count),
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
