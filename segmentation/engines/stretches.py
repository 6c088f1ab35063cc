"""The rows of an event between two instants, as columns; and what was worked out of them lately."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.engines import columns
from segmentation.engines.columns import Columns
from segmentation.engines.marks import bitmap
from segmentation.engines.readers import EPOCH, MICROSECOND, Rows
from segmentation.engines.values import Values

CUSTOMER, TIME = "customer_id", "time"


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
    """The rows of an event between two instants."""

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

    def of(self, some: Some, token: Hashable) -> "Places":
        """The rows of some customers, looked for once whatever the window; `token` tells these from others."""
        rows, starts, blocks = self._rows, self._rows.starts, len(self._rows.blocks)
        type = self._schema.field(CUSTOMER).type

        def anywhere() -> np.ndarray:
            return np.flatnonzero(some.marks[self._columns.values(rows, CUSTOMER, type, 0, blocks)[0]])

        def places() -> np.ndarray:
            found = self._kept.once((rows.number, token), anywhere, _bytes)
            edges = np.searchsorted(found, starts[self._first : self._stop + 1])
            parts = [
                self._in_time(found[start:stop], self._first + place)
                for place, (start, stop) in enumerate(pairwise(edges))
            ]
            return np.concatenate(parts) - starts[self._first]

        return Places(self._whole, self._once(("of", token), places), some)

    def _in_time(self, places: np.ndarray, block: int) -> np.ndarray:
        """Those of a block's rows that lie between the instants."""
        if self._rows.blocks[block].month not in self._edges or not len(places):
            return places
        times, _ = self._columns.values(self._rows, TIME, self._schema.field(TIME).type, block, block + 1)
        return places[self._between(times[places - self._rows.starts[block]])]

    def _whole(self, name: str) -> tuple[np.ndarray, Any]:
        type = self._schema.field(name).type
        return self._columns.values(self._rows, name, type, self._first, self._stop)

    def _taken(self, name: str) -> tuple[np.ndarray, Any]:
        whole, words = self._whole(name)
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
        return pieces or [slice(0, 0)]

    def _between(self, times: np.ndarray) -> Any:
        first, stop = ((edge - EPOCH) // MICROSECOND if edge else None for edge in self._bounds)
        late_enough = np.True_ if first is None else times >= first
        return late_enough if stop is None else late_enough & (times < stop)

    def _once(self, name: Hashable, compute: Callable[[], Any]) -> Any:
        return self._kept.once((*self.key, name), compute, _bytes)


def _bytes(made: Any) -> int:
    """What an array takes, or a list of some and of slices."""
    return sum(map(_bytes, made)) if isinstance(made, list) else getattr(made, "nbytes", 0)


class Picked:
    """Some of the rows."""

    def __init__(self, rows: Rows, places: np.ndarray) -> None:
        self._rows, self._places = rows, places
        self.size, self.ids = rows.size, rows.ids

    @cached_property
    def customers(self) -> np.ndarray:
        return self._rows.customers[self._places]

    def column(self, name: str) -> Values:
        values = self._rows.column(name)
        return Values(values.array[self._places], words=values.words)


class Places:
    """Single rows of whole columns, of some customers."""

    def __init__(self, whole: Callable[[str], tuple[np.ndarray, Any]], places: np.ndarray, some: Some) -> None:
        self._whole, self._places, self._some = whole, places, some
        self.ids, self.size = some.ids, len(some.ids)

    @cached_property
    def customers(self) -> np.ndarray:
        return self._some.numbers[self._whole(CUSTOMER)[0][self._places]].astype(np.intp)

    def column(self, name: str) -> Values:
        array, words = self._whole(name)
        return Values(array[self._places], words=words)
