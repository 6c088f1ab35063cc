"""What stands to the right of an operator: nothing, one value, several, a pair, a pattern, a day, a window of time."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules.catalog import DATE
from segmentation.rules.days import Moment, midnight
from segmentation.rules.nodes import Value
from segmentation.rules.patterns import LONGEST, BadPattern, compiled
from segmentation.rules.reading import Reading
from segmentation.rules.values import READERS, fold, write
from segmentation.rules.window_documents import read_window, window_schema, write_window
from segmentation.rules.windows import LONGEST_DAYS, Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

Literal = Callable[[Value], Any]


class Operand(ABC):
    """A shape of operand. Between reading and judging it is settled: what depends on the moment becomes fixed."""

    @abstractmethod
    def read(self, reading: Reading, raw: object, path: str, type: str) -> Any:
        """The operand from JSON; None with a problem noted."""

    def write(self, operand: Any, timezone: ZoneInfo) -> Any:
        """The operand as JSON."""
        return write(operand, timezone)

    def settle(self, operand: Any, type: str, moment: Moment) -> Any:
        return operand

    def fold(self, operand: Any) -> Any:
        return fold(operand)

    def literals(self, operand: Any, literal: Literal) -> Any:
        """The settled operand in the words of an engine."""
        return literal(operand)

    def words(self, operand: Any, type: str, telling: "Telling") -> str:
        """The unsettled operand in words."""
        return telling.value(operand)

    @abstractmethod
    def schema(self, value: dict[str, Any]) -> dict[str, Any] | None:
        """JSON Schema of the operand, given that of one value; None where no value may stand."""


class Nothing(Operand):
    """No operand."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> None:
        return None

    def literals(self, operand: Any, literal: Literal) -> None:
        return None

    def words(self, operand: Any, type: str, telling: "Telling") -> str:
        return ""

    def schema(self, value: dict[str, Any]) -> None:
        return None


class One(Operand):
    """One value of the type."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> Any:
        return reading.value(READERS[type], raw, path)

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        return value


class Several(Operand):
    """One or more values of the type; the order means nothing."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> Any:
        return reading.values(READERS[type], raw, path)

    def write(self, operand: Any, timezone: ZoneInfo) -> Any:
        return [write(one, timezone) for one in operand]

    def fold(self, operand: Any) -> Any:
        return tuple(dict.fromkeys(fold(one) for one in operand))

    def literals(self, operand: Any, literal: Literal) -> Any:
        return [literal(one) for one in operand]

    def words(self, operand: Any, type: str, telling: "Telling") -> str:
        return telling.one_of(operand)

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": value, "minItems": 1}


class Pair(Operand):
    """Two values, the lower first."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> Any:
        if not isinstance(raw, list | tuple) or len(raw) != 2:
            reading.problem(path, "not_a_pair")
            return None
        low, high = (reading.value(READERS[type], one, f"{path}[{n}]") for n, one in enumerate(raw))
        if low is None or high is None:
            return None
        if low > high:  # type: ignore[operator]  # both of one ordered type
            reading.problem(path, "pair_upside_down")
        return low, high

    def write(self, operand: Any, timezone: ZoneInfo) -> Any:
        return [write(one, timezone) for one in operand]

    def literals(self, operand: Any, literal: Literal) -> Any:
        return tuple(literal(one) for one in operand)

    def words(self, operand: Any, type: str, telling: "Telling") -> str:
        return telling.range(*operand)

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": value, "minItems": 2, "maxItems": 2}


class Pattern(Operand):
    """A regular expression that RE2 takes."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> str | None:
        text = reading.value(READERS[type], raw, path)
        if not isinstance(text, str):
            return None
        if len(text) > LONGEST:
            reading.problem(path, "text_too_long", limit=LONGEST)
            return None
        try:
            compiled(text)
        except BadPattern as e:
            reading.problem(path, "bad_pattern", reason=e)
        return text

    def literals(self, operand: Any, literal: Literal) -> str:
        return operand

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST}


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """The start of a day so many days before the moment; negative for days to come."""

    days_ago: int


class Day(Operand):
    """A day or instant, or one relative to the moment: {"days_ago": 30}, {"days_ahead": 7}."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> Any:
        if not isinstance(raw, dict):
            return reading.value(READERS[type], raw, path)
        if len(raw) != 1 or not raw.keys() <= {"days_ago", "days_ahead"}:
            reading.problem(path, "no_condition", choices=["days_ago", "days_ahead"])
            return None
        [(key, number)] = raw.items()
        days = reading.whole(number, f"{path}.{key}", 0, LONGEST_DAYS)
        return None if days is None else RelativeDay(days if key == "days_ago" else -days)

    def write(self, operand: Any, timezone: ZoneInfo) -> Any:
        if isinstance(operand, RelativeDay):
            days = operand.days_ago
            return {"days_ago": days} if days >= 0 else {"days_ahead": -days}
        return write(operand, timezone)

    def settle(self, operand: Any, type: str, moment: Moment) -> date | datetime:
        if not isinstance(operand, RelativeDay):
            return operand
        if type == DATE:
            return moment.today - timedelta(days=operand.days_ago)
        return moment.midnight(operand.days_ago)

    def words(self, operand: Any, type: str, telling: "Telling") -> str:
        if not isinstance(operand, RelativeDay):
            return telling.value(operand)
        return telling.relative_day(operand.days_ago, telling.value(self.settle(operand, type, telling.moment)))

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        days = {"type": "integer", "minimum": 0, "maximum": LONGEST_DAYS}
        relative = [
            {"type": "object", "properties": {key: days}, "required": [key], "additionalProperties": False}
            for key in ("days_ago", "days_ahead")
        ]
        return {"anyOf": [value, *relative]}


class Span(Operand):
    """A window of time. A day is within it if its first instant is."""

    def read(self, reading: Reading, raw: object, path: str, type: str) -> Window | None:
        return read_window(reading, raw, path)

    def write(self, operand: Window, timezone: ZoneInfo) -> Any:
        return write_window(operand, timezone)

    def settle(self, operand: Window, type: str, moment: Moment) -> tuple[Any, Any]:
        """The first value inside and the first one after; None where there is no bound."""
        bounds = resolve(operand, moment.as_of, moment.timezone, future=True)
        if type != DATE:
            return bounds.first, bounds.stop
        return _first_day(bounds.first, moment.timezone), _first_day(bounds.stop, moment.timezone)

    def literals(self, operand: tuple[Any, Any], literal: Literal) -> Any:
        return tuple(None if one is None else literal(one) for one in operand)

    def words(self, operand: Window, type: str, telling: "Telling") -> str:
        return telling.window(operand, future=True)

    def schema(self, value: dict[str, Any]) -> dict[str, Any]:
        return window_schema()


def _first_day(instant: datetime | None, timezone: ZoneInfo) -> date | None:
    """The first day that starts at or after the instant."""
    if instant is None:
        return None
    day = instant.astimezone(timezone).date()
    return day if midnight(day, timezone) >= instant else day + timedelta(days=1)


NOTHING, ONE, SEVERAL, PAIR, PATTERN, DAY, SPAN = Nothing(), One(), Several(), Pair(), Pattern(), Day(), Span()
