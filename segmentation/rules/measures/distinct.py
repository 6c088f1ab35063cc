"""How many different values."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.catalog import BOOLEAN, DATE, NUMBER, TEXT
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class Distinct(Measure):
    """The number of different values of the property; occurrences without one add none."""

    types = frozenset({NUMBER, TEXT, BOOLEAN, DATE})
    words = {"en": "number of different values of {property} in {event}", "zh": "{event}中不同{property}的个数"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> int:
        return len(set(values))

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.count_distinct(value)
