"""Anniversaries of days, and the days they may fall on: {"next_days": 7}, {"calendar": "this_month"}."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules.days import DAY, Moment, anniversary
from segmentation.rules.operands import Literal, Operand
from segmentation.rules.reading import Reading
from segmentation.rules.windows import PERIODS

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

MOST_DAYS = 366


def is_between(value: date | datetime, first: date, after: date, timezone: ZoneInfo) -> bool:
    """Whether an anniversary falls on a day from `first` to before `after`; an instant's day is that of the zone."""
    day = value.astimezone(timezone).date() if isinstance(value, datetime) else value
    years = range(max(first.year, day.year + 1), after.year + 1)
    return any(first <= anniversary(day, year) < after for year in years)


class Occasion(Operand):
    """Days of the rule's time zone: the next so many with today, the past so many without, or a calendar period."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> tuple[str, Any] | None:
        if (document := reading.mapping(raw, path)) is None:
            return None
        if len(document) != 1 or not document.keys() <= {"next_days", "past_days", "calendar"}:
            reading.problem(path, "no_condition", choices=["next_days", "past_days", "calendar"])
            return None
        [(key, value)] = document.items()
        if key == "calendar":
            read: Any = reading.choice(value, f"{path}.{key}", PERIODS)
        else:
            read = reading.whole(value, f"{path}.{key}", 1, MOST_DAYS)
        return None if read is None else (key, read)

    def write(self, operand: tuple[str, Any], timezone: ZoneInfo) -> dict[str, Any]:
        return {operand[0]: operand[1]}

    def settle(self, operand: tuple[str, Any], type: str, moment: Moment) -> tuple[date, date, ZoneInfo]:
        key, value = operand
        today = moment.today
        if key == "calendar":
            return (*PERIODS[value](today), moment.timezone)
        first, after = (today, today + value * DAY) if key == "next_days" else (today - value * DAY, today)
        return first, after, moment.timezone

    def literals(self, operand: Any, literal: Literal) -> Any:
        return operand

    def words(self, operand: tuple[str, Any], type: str, telling: "Telling") -> str:
        key, value = operand
        first, after, _ = self.settle(operand, type, telling.moment)
        kind = telling.phrase(f"window_{value}" if key == "calendar" else f"window_{key}", value=value)
        return telling.phrase("bounds", window=kind, start=first.isoformat(), end=(after - DAY).isoformat())

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        days = {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}
        return {
            "type": "object",
            "properties": {"next_days": days, "past_days": days, "calendar": {"enum": list(PERIODS)}},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }
