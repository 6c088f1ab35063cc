"""On how many days."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.days import Moment, local_day
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class ActiveDays(Measure):
    """The number of different days, of the rule's time zone, with an occurrence."""

    words = {"en": "number of days with {event}", "zh": "有{event}的天数"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> int:
        return len({local_day(row.time, moment.timezone) for row in rows})

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.count_distinct(v.local_day(bounds, moment))
