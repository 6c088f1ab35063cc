"""When last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from segmentation.rules.catalog import DATETIME
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class LastTime(Measure):
    """The instant of the last occurrence; missing if there is none."""

    empty = None
    words = {"en": "time of the last {event}", "zh": "末次{event}的时间"}

    def result(self, of: str) -> str:
        return DATETIME

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> datetime | None:
        return rows[-1].time if rows else None

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.largest(v.time())
