"""How much in all."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from segmentation.rules.catalog import NUMBER
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.numbers import added, millionths
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class Sum(Measure):
    """The sum of the property, exact to the millionth; nothing to add is 0."""

    types = frozenset({NUMBER})
    exact = True
    words = {"en": "sum of {property} in {event}", "zh": "{event}的{property}合计"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> Fraction:
        return sum(map(added, values), Fraction(0))

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.or_zero(v.sum_of_millionths(value))

    def compared(self, v: Vocabulary, number: float, value: Expr) -> Expr:
        return v.whole(millionths(number))
