"""Questions about rows, answered over columns in memory: rows of a window, those that fit, what they are together."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from segmentation.engines import columns
from segmentation.engines.columns import Columns, NotHere
from segmentation.engines.marks import bitmap
from segmentation.engines.readers import EPOCH, MICROSECOND, CustomerReader, RowReader, knows
from segmentation.engines.values import Values
from segmentation.engines.words import Word
from segmentation.lake.tables import FEATURES, Source
from segmentation.rules.catalog import NUMBER
from segmentation.rules.vocabulary import Search

CUSTOMER, TIME = "customer_id", "time"


@dataclass(frozen=True, slots=True)
class Question:
    """A search as data. `first` and `stop` are None where no event lies beyond them."""

    table: str
    event: str | None
    first: datetime | None
    stop: datetime | None
    where: Word | None
    having: Word | None


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


class Kept:
    """Arrays worked out lately, up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._things: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def once(self, key: Hashable, compute: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """What is computed for the key, now or before."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key][0]
        made = compute()
        with self._lock:
            if key not in self._things and (weight := size(made)) <= self._most_bytes:
                self._things[key] = (made, weight)
                self._bytes += weight
                while self._bytes > self._most_bytes:
                    self._bytes -= self._things.popitem(last=False)[1][1]
        return made


class Tallies:
    """Answers questions about one engine's lake. Rows of a window, and those that fit, serve many questions."""

    def __init__(self, most_bytes: int, threads: int) -> None:
        self._columns = Columns(most_bytes, threads)
        self._most_kept = most_bytes // 2
        self.forget_answers()

    def forget_answers(self) -> None:
        """Forgets what was worked out, but not the columns."""
        self._kept = Kept(self._most_kept)

    def customers(self, question: Question, source: Source) -> BitMap:
        """The customers found. Raises NotHere if the question is one for SQL."""
        words = [word for word in (question.where, question.having) if word]
        if not all(map(knows, words)):
            raise NotHere
        rows = self._columns.rows(source, question.table, question.event)
        stretch = Stretch(
            self._columns, rows, source.schemas[question.table], question.first, question.stop, self._kept
        )
        if not stretch.rows_there:
            return BitMap()
        stretch.read_ahead({CUSTOMER}.union(*(word.columns() for word in words)))
        fitting: Stretch | Picked = stretch if question.where is None else self._picked(stretch, question.where)
        if not len(fitting.customers):
            return BitMap()
        if question.having is None:
            there = np.zeros(fitting.size, dtype=bool)
            there[fitting.customers] = True
            return bitmap(there)
        reader = CustomerReader(fitting)
        return bitmap(reader.test(question.having) & (reader.counts > 0))

    def _picked(self, stretch: "Stretch", where: Word) -> "Stretch | Picked":
        marks = RowReader(stretch).test(where)
        if marks.ndim == 0 or marks.all():
            return stretch if marks.all() else Picked(stretch, np.empty(0, np.intp))
        return Picked(stretch, np.flatnonzero(marks))


class Stretch:
    """The rows of an event between two instants."""

    def __init__(
        self,
        kept_columns: Columns,
        rows: columns.Rows,
        schema: pa.Schema,
        first: datetime | None,
        stop: datetime | None,
        kept: Kept,
    ) -> None:
        low = first.strftime("%Y-%m") if first else ""
        high = stop.strftime("%Y-%m") if stop else "9999-12"
        self._columns, self._rows, self._schema, self._kept = kept_columns, rows, schema, kept
        self._bounds = first, stop
        self._first, self._stop = rows.stretch(low, high)
        self._edges = {low, high} if first and stop else {low} if first else {high} if stop else set()
        self.rows_there = rows.starts[self._stop] > rows.starts[self._first]
        self.key = (rows.number, first, stop)

    @cached_property
    def customers(self) -> np.ndarray:
        return self._once(CUSTOMER, lambda: self._taken(CUSTOMER)[0].astype(np.intp))

    @cached_property
    def size(self) -> int:
        return int(self.customers.max(initial=-1)) + 1

    def column(self, name: str) -> Values:
        found, words = self._taken(name)
        return Values(found, words=words)

    def read_ahead(self, names: set[str]) -> None:
        """Reads these columns at once."""
        types = {name: self._schema.field(name).type for name in sorted(names)}
        self._columns.read_ahead(self._rows, types, self._first, self._stop)

    def _taken(self, name: str) -> tuple[np.ndarray, Any]:
        type = self._schema.field(name).type
        whole, words = self._columns.values(self._rows, name, type, self._first, self._stop)
        pieces = self._once("pieces", self._pieces)
        parts = [whole[piece] for piece in pieces]
        return (parts[0] if len(parts) == 1 else np.concatenate(parts)), words

    def _pieces(self) -> list[slice | np.ndarray]:
        """Where the rows are among those of the blocks. Only the first and last months' times have to be looked at."""
        starts = self._rows.starts
        base = starts[self._first]
        pieces: list[slice | np.ndarray] = []
        for place in range(self._first, self._stop):
            start, stop = starts[place] - base, starts[place + 1] - base
            if self._rows.blocks[place].month in self._edges:
                times, _ = self._columns.values(self._rows, TIME, self._schema.field(TIME).type, place, place + 1)
                pieces.append(np.flatnonzero(self._between(times)) + start)
            elif pieces and isinstance(pieces[-1], slice):
                pieces[-1] = slice(pieces[-1].start, stop)
            else:
                pieces.append(slice(start, stop))
        return pieces

    def _between(self, times: np.ndarray) -> Any:
        first, stop = ((edge - EPOCH) // MICROSECOND if edge else None for edge in self._bounds)
        late_enough = np.True_ if first is None else times >= first
        return late_enough if stop is None else late_enough & (times < stop)

    def _once(self, name: str, compute: Callable[[], Any]) -> Any:
        return self._kept.once((*self.key, name), compute, _bytes)


def _bytes(made: Any) -> int:
    """What an array takes, or a list of some and of slices."""
    return sum(map(_bytes, made)) if isinstance(made, list) else getattr(made, "nbytes", 0)


class Picked:
    """Some of the rows."""

    def __init__(self, rows: Stretch, places: np.ndarray) -> None:
        self._rows, self._places = rows, places
        self.size = rows.size

    @cached_property
    def customers(self) -> np.ndarray:
        return self._rows.customers[self._places]

    def column(self, name: str) -> Values:
        values = self._rows.column(name)
        return Values(values.array[self._places], words=values.words)
