"""Lengths of time, elapsed: {"days": 7} is 168 hours, whatever the clocks did."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from segmentation.rules.reading import Reading
from segmentation.rules.windows import LONGEST_DAYS

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

# Unit → how many make a day.
UNITS = {"days": 1, "hours": 24, "minutes": 24 * 60}


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit."""

    unit: str
    count: int

    @property
    def length(self) -> timedelta:
        return timedelta(days=1) / UNITS[self.unit] * self.count


def read_span(reading: Reading, raw: object, path: str) -> Span | None:
    """The length from JSON; None with a problem noted."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    if len(document) != 1 or not document.keys() <= UNITS.keys():
        reading.problem(path, "no_condition", choices=list(UNITS))
        return None
    [(unit, value)] = document.items()
    count = reading.whole(value, f"{path}.{unit}", 1, LONGEST_DAYS * UNITS[unit])
    return None if count is None else Span(unit, count)


def told_span(span: Span, telling: "Telling") -> str:
    """The length in words: "within 7 days"."""
    return telling.phrase(f"within_{span.unit}", count=span.count)


def span_schema() -> dict[str, Any]:
    """JSON Schema of a length."""
    return {
        "type": "object",
        "properties": {
            unit: {"type": "integer", "minimum": 1, "maximum": LONGEST_DAYS * parts} for unit, parts in UNITS.items()
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
