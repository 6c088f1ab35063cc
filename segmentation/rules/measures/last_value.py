"""The value at last."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.catalog import BOOLEAN, DATE, DATETIME, NUMBER, TEXT
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class LastValue(Measure):
    """The property in the last occurrence that has one; missing if none has."""

    types = frozenset({NUMBER, TEXT, BOOLEAN, DATE, DATETIME})
    empty = None
    words = {"en": "last {property} in {event}", "zh": "末次{event}的{property}"}

    def result(self, of: str) -> str:
        return of

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> Any:
        return values[-1] if values else None

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.latest(value)
