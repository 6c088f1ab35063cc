"""When first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from segmentation.rules.catalog import DATETIME
from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class FirstTime(Measure):
    """The instant of the first occurrence; missing if there is none."""

    empty = None
    words = {"en": "time of the first {event}", "zh": "首次{event}的时间"}

    def result(self, of: str) -> str:
        return DATETIME

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> datetime | None:
        return rows[0].time if rows else None

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.smallest(v.time())
