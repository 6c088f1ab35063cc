"""What speaks for and against a condition: the value that was judged, the rows it was made of, the bounds."""

from dataclasses import dataclass
from typing import Any

from segmentation.rules.nodes import Comparison
from segmentation.rules.rows import Occurrence
from segmentation.rules.windows import Bounds


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one condition and one customer. `value` is None where there is none; rows are in order of time."""

    value: Any = None
    rows: tuple[Occurrence, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    comparison: Comparison | None = None


def shortfall(comparison: Comparison | None, value: Any) -> float | None:
    """By how much a number misses what is asked, as the change that it would take; None where that says nothing.

    >>> shortfall(Comparison("at_least", 3.0), 1), shortfall(Comparison("at_most", 3.0), 5)
    (2.0, -2.0)
    """
    numbers = (int, float)
    if comparison is None or value is None or isinstance(value, str | bool):
        return None
    limit = comparison.operand
    if comparison.op == "between" and isinstance(limit, tuple) and isinstance(limit[0], numbers):
        limit = limit[0] if value < limit[0] else limit[1]
    if not isinstance(limit, numbers) or comparison.op not in {
        "at_least", "more_than", "at_most", "less_than", "is", "between",
    }:  # fmt: skip
        return None
    return float(limit - value)
