"""In how many events."""

from collections.abc import Sequence
from typing import Any

from segmentation.rules.days import Moment
from segmentation.rules.measures.base import Measure
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


class Events(Measure):
    """The number of different events: of orders that hold such an item, say."""

    words = {"en": "number of different {event} events", "zh": "不同{event}的个数"}

    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> int:
        return len({row.event_id for row in rows})

    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        return v.count_distinct(v.event_id())
