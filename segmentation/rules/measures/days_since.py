"""How long ago."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.days import Moment, local_day
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class DaysSince(Measure):
    """Days, of the rule's time zone, from that of the last occurrence to today: 0 for today; missing if none."""

    empty = None
    words = {"en": "days since the last {event}", "zh": "距末次{event}的天数"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> int | None:
        if not rows:
            return None
        return (moment.today - max(local_day(row.time, moment.timezone) for row in rows)).days

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.minus(v.day(moment.today), v.largest(v.local_day(bounds, moment)))
