"""How often."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class Count(Measure):
    """The number of occurrences: of events, or of items in them."""

    words = {"en": "number of {event}", "zh": "{event}的次数"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> int:
        return len(rows)

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.count()
