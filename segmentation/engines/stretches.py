"""The rows of an event between two instants, as columns; and what was worked out of them lately."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.engines import columns
from segmentation.engines.blocks import CUSTOMER, EPOCH, MICROSECOND
from segmentation.engines.columns import Columns
from segmentation.engines.marks import bitmap
from segmentation.engines.readers import Rows, joined
from segmentation.engines.values import Values

TIME = "time"
# Rows that are worth looking at by themselves; fewer are put together with the next ones.
PART = 1 << 16


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
        weight = size(made)
        with self._lock:
            if key not in self._things and weight <= self._most_bytes:
                self._things[key] = (made, weight)
                self._bytes += weight
                while self._bytes > self._most_bytes:
                    self._bytes -= self._things.popitem(last=False)[1][1]
        return made


class Some:
    """Some customers, numbered afresh from 0, so that counting costs what they are and not what all are."""

    def __init__(self, marks: np.ndarray) -> None:
        self.marks = marks
        self.ids = np.flatnonzero(marks)
        self.members = bitmap(marks)
        self.numbers = np.cumsum(marks, dtype=np.int32) - 1
        self.nbytes = marks.nbytes + self.ids.nbytes + self.numbers.nbytes


class Stretch:
    """The rows of an event between two instants, in `parts`; `size` is more than the largest id of their customers.

    Columns are read when they are asked for, and nothing of them is copied that need not be.
    """

    ids = None

    def __init__(
        self,
        kept_columns: Columns,
        rows: columns.Rows,
        schema: pa.Schema,
        first: datetime | None,
        stop: datetime | None,
        kept: Kept,
    ) -> None:
        low = first.astimezone(UTC).strftime("%Y-%m") if first else ""
        high = stop.astimezone(UTC).strftime("%Y-%m") if stop else "9999-12"
        self._columns, self._rows, self._schema, self._kept = kept_columns, rows, schema, kept
        self._bounds = first, stop
        self._edges = {low, high} if first and stop else {low} if first else {high} if stop else set()
        self.places = rows.stretch(low, high)
        self.key = (rows.number, first, stop)

    @cached_property
    def size(self) -> int:
        return self._columns.most(self._rows) + 1

    @cached_property
    def parts(self) -> list[Rows]:
        parts, start, rows = [], self.places.start, 0
        for place in self.places:
            rows += self._rows.blocks[place].size
            if rows >= PART or place == self.places.stop - 1:
                parts.append(Part(self, range(start, place + 1)))
                start, rows = place + 1, 0
        return list(parts)

    def read_ahead(self, names: set[str]) -> None:
        """Begins to read these columns."""
        types = {name: dict.fromkeys(self.places, self._schema.field(name).type) for name in sorted(names)}
        if TIME not in types:
            types[TIME] = {place: self._type(TIME) for place in self.places if self._at_edge(place)}
        self._columns.read_ahead(self._rows, types)

    def whole(self, place: int, name: str) -> tuple[np.ndarray, Any]:
        """A column of all of a block's rows, whenever they were; and what its numbers stand for."""
        return self._columns.values(self._rows, place, name, self._type(name))

    def in_time(self, place: int) -> np.ndarray | None:
        """Which of a block's rows lie between the instants; None: all do."""
        if not self._at_edge(place):
            return None
        return self._once(("in time", place), lambda: np.flatnonzero(self._between(self.whole(place, TIME)[0])))

    def of(self, some: Some, token: Hashable) -> "Places":
        """The rows of some customers, looked for once whatever the window; `token` tells these from others."""

        def anywhere() -> list[np.ndarray]:
            blocks = range(len(self._rows.blocks))
            return [np.flatnonzero(some.marks[self.whole(place, CUSTOMER)[0]]) for place in blocks]

        def places() -> Places:
            found = self._kept.once((self._rows.number, token), anywhere, _bytes)
            return Places(self, {place: self._those_in_time(found[place], place) for place in self.places}, some)

        return self._once(("of", token), places)

    def _those_in_time(self, places: np.ndarray, place: int) -> np.ndarray:
        if not self._at_edge(place) or not len(places):
            return places
        return places[self._between(self.whole(place, TIME)[0][places])]

    def _type(self, name: str) -> pa.DataType:
        return self._schema.field(name).type

    def _at_edge(self, place: int) -> bool:
        """Whether the block is of the first or last month, whose times have to be looked at."""
        return self._rows.months[place] in self._edges

    def _between(self, times: np.ndarray) -> Any:
        first, stop = ((edge - EPOCH) // MICROSECOND if edge else None for edge in self._bounds)
        late_enough = np.True_ if first is None else times >= first
        return late_enough if stop is None else late_enough & (times < stop)

    def _once(self, name: Hashable, compute: Callable[[], Any]) -> Any:
        return self._kept.once((*self.key, name), compute, _bytes)


def _bytes(made: Any) -> int:
    """What an array takes, or a list of some."""
    return sum(map(_bytes, made)) if isinstance(made, list) else made.nbytes


class Part:
    """The rows of a few blocks of a stretch."""

    def __init__(self, stretch: Stretch, places: range) -> None:
        self._stretch, self._places = stretch, places

    @property
    def customers(self) -> np.ndarray:
        return self.column(CUSTOMER).array

    def column(self, name: str) -> Values:
        arrays = []
        for place in self._places:
            array, words = self._stretch.whole(place, name)
            fitting = self._stretch.in_time(place)
            arrays.append(array if fitting is None else array[fitting])
        return Values(joined(arrays, None), words=words)


class Picked:
    """Some of the rows."""

    def __init__(self, rows: Rows, places: np.ndarray) -> None:
        self._rows, self._places = rows, places
        self.nbytes = places.nbytes

    @cached_property
    def customers(self) -> np.ndarray:
        return self._rows.customers[self._places]

    def column(self, name: str) -> Values:
        values = self._rows.column(name)
        return Values(values.array[self._places], words=values.words)


class Places:
    """Single rows of a stretch, by block: those of some customers, which are few, so their columns are kept."""

    def __init__(self, stretch: Stretch, places: dict[int, np.ndarray], some: Some) -> None:
        self._stretch, self._some = stretch, some
        self._places = {place: rows for place, rows in places.items() if len(rows)}
        self._columns: dict[str, Values] = {}
        self.ids, self.size = some.ids, len(some.ids)
        self.parts: list[Rows] = [self] if self._places else []
        # About what the columns of a question take beside it.
        self.nbytes = 4 * _bytes(list(self._places.values()))

    @cached_property
    def customers(self) -> np.ndarray:
        return self._some.numbers[self.column(CUSTOMER).array]

    def column(self, name: str) -> Values:
        if name not in self._columns:
            found = {place: self._stretch.whole(place, name) for place in self._places}
            array = joined([found[place][0][rows] for place, rows in self._places.items()], None)
            self._columns[name] = Values(array, words=next(iter(found.values()))[1])
        return self._columns[name]
