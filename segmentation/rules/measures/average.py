"""How much on average."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from segmentation.rules.catalog import NUMBER
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.numbers import UNIT, added, millionths
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class Average(Measure):
    """The mean of the property over the occurrences that have one, exact to the millionth; missing if none has."""

    types = frozenset({NUMBER})
    empty = None
    exact = True
    words = {"en": "average {property} in {event}", "zh": "{event}的平均{property}"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> Fraction | None:
        return sum(map(added, values), Fraction(0)) / len(values) if values else None

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.sum_of_millionths(value)

    def rank(self, measurement: Any) -> Any:
        # Whole millionths, rounded down.
        return None if measurement is None else math.floor(measurement * UNIT)

    def ranked(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.floored_ratio(v.sum_of_millionths(value), v.count_of(value))

    def compared(self, v: Vocabulary, number: float, value: Expr) -> Expr:
        # sum / count ≥ number, without a division: sum ≥ number × count.
        return v.times(v.whole(millionths(number)), v.count_of(value))
