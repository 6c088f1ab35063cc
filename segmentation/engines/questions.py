"""A search as plain data, which tells it from all others."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segmentation.engines.blocks import EPOCH, MICROSECOND
from segmentation.engines.not_here import NotHere
from segmentation.engines.words import Word
from segmentation.lake.tables import FEATURES
from segmentation.rules.catalog import NUMBER
from segmentation.rules.vocabulary import Search


@dataclass(frozen=True, slots=True)
class Question:
    """A search as data. `first` and `stop` are None where no event lies beyond them."""

    table: str
    event: str | None
    first: datetime | None
    stop: datetime | None
    where: Word | None
    having: Word | None
    hashed: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        said = (self.table, self.event, self.first, self.stop, self.where, self.having)
        object.__setattr__(self, "hashed", hash(said))

    def __hash__(self) -> int:
        return self.hashed


def asked(search: Any, event_times: tuple[datetime, datetime], features_as_of: datetime | None) -> Question | None:
    """The search as data; None if there cannot be anybody. So "until now" asks the same as it did a minute ago.

    Raises NotHere for anything but a search.
    """
    if not isinstance(search, Search):
        raise NotHere
    first, last = event_times
    bounds = search.bounds
    start = bounds.first if bounds and bounds.first and bounds.first > first else None
    stop = bounds.stop if bounds and bounds.stop and bounds.stop <= last else None
    where = search.where
    if search.table == FEATURES:
        if features_as_of is None:
            return None
        base_date = (features_as_of - EPOCH) // MICROSECOND
        newest = Word("equals", (Word("column", ("as_of",)), Word("literal", (base_date, NUMBER))))
        where = newest if where is None else Word("both", ((where, newest),))
    return Question(search.table, search.event, start, stop, where, search.having)
