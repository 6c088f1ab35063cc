"""The lowest value."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.catalog import NUMBER
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class Minimum(Measure):
    """The lowest value of the property; missing if no occurrence has one."""

    types = frozenset({NUMBER})
    empty = None
    words = {"en": "lowest {property} in {event}", "zh": "{event}的最低{property}"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> float | None:
        return min(values, default=None)

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.smallest(value)
