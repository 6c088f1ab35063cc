"""Columns of the lake held in memory, event by event: read once from the files, then asked many times.

The rows of one event lie month after month, so a window of time is a stretch of them. A file of the lake never
changes: a new state of the lake takes over what was read of the files that it shares with the one before.
"""

import itertools
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.engines.blocks import Block, event_rows, read, size_of
from segmentation.lake.tables import Source

# What a column is kept as, by its type in the lake; texts, days and yes or no as numbers of a dictionary.
KEPT: dict[pa.DataType, np.dtype] = {
    pa.int32(): np.dtype(np.int32),
    pa.int64(): np.dtype(np.int64),
    pa.float64(): np.dtype(np.float64),
    pa.timestamp("us", "UTC"): np.dtype(np.int64),
    pa.string(): np.dtype(np.int32),
    pa.bool_(): np.dtype(np.int32),
    pa.date32(): np.dtype(np.int32),
}
CODED = {pa.string(), pa.bool_(), pa.date32()}
NO_CODE = -1
# A column has room for one more row in so many, and for so many at least.
SPARE, LEAST_SPARE = 16, 1024
# Events of states of the lake whose places in the files are known at once.
MOST_ROWS = 256


class NotHere(Exception):
    """The question is one for SQL: of a kind, or of a size, that columns in memory are not for."""


class Words:
    """The different values of a coded column, numbered as they came."""

    def __init__(self, type: pa.DataType) -> None:
        self._known = pa.array([], type)
        self._codes: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self._known)

    def codes(self) -> dict[Any, int]:
        """The number of each value."""
        if len(self._codes) < len(self._known):
            fresh = self._known[len(self._codes) :].to_pylist()
            self._codes |= {value: number for number, value in enumerate(fresh, start=len(self._codes))}
        return self._codes

    def numbers(self, values: pa.Array) -> np.ndarray:
        """The numbers of these values, with that of a missing one at the end."""
        found = pc.index_in(values, value_set=self._known)
        if found.null_count:
            self._known = pa.concat_arrays([self._known, values.filter(pc.is_null(found))])
            found = pc.index_in(values, value_set=self._known)
        return np.append(found.to_numpy(zero_copy_only=False), NO_CODE).astype(np.int32)


@dataclass(slots=True)
class Room:
    """Memory of a column, more than is used yet."""

    values: np.ndarray
    used: int


@dataclass(slots=True)
class Column:
    """One column of one event's rows; `loaded` says of which blocks. `words` are what the numbers stand for."""

    values: np.ndarray
    loaded: list[bool]
    words: Words | None
    # What the values are the beginning of; a later state goes on in the same memory.
    room: Room


@dataclass
class Rows:
    """All rows of one event of one table, or of a table without events, in one state of the lake."""

    table: str
    blocks: list[Block]
    starts: list[int]
    # Tells them from all others.
    number: int = field(default_factory=itertools.count().__next__)
    columns: dict[str, Column] = field(default_factory=dict)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The files that hold them."""
        return frozenset(block.path for block in self.blocks)

    @property
    def size(self) -> int:
        return self.starts[-1]

    def stretch(self, low: str, high: str) -> tuple[int, int]:
        """The blocks of these months, both included."""
        first = sum(block.month < low for block in self.blocks)
        return first, max(first, sum(block.month <= high for block in self.blocks))


class Columns:
    """What one engine keeps of the lake's columns; the least recently used go first."""

    def __init__(self, most_bytes: int, threads: int) -> None:
        self.most_bytes = most_bytes
        self._threads = threads
        self._rows: OrderedDict[tuple[Any, ...], Rows] = OrderedDict()
        self._words: dict[tuple[str, str], Words] = {}
        # Files by when they were first asked about.
        self._seen: dict[str, int] = {}
        self._lock = RLock()

    def rows(self, source: Source, table: str, event: str | None) -> Rows:
        """The rows of an event, as this state of the lake has them; nothing of them is read yet."""
        if not self.most_bytes:
            raise NotHere
        key = (table, event, source.tables.get(table, ()))
        with self._lock:
            if key not in self._rows:
                self._rows[key] = self._arranged(source, table, event)
                if len(self._rows) > MOST_ROWS:
                    self._rows.popitem(last=False)
            self._rows.move_to_end(key)
            return self._rows[key]

    def read_ahead(self, rows: Rows, types: dict[str, pa.DataType], first: int, stop: int) -> None:
        """Reads several columns of the blocks at once; they are there when they are asked for."""
        with self._lock:
            wanted = [(name, self._column(rows, name, type)) for name, type in types.items() if type in KEPT]
            self._load(rows, wanted, first, stop)

    def values(
        self, rows: Rows, name: str, type: pa.DataType, first: int, stop: int
    ) -> tuple[np.ndarray, Words | None]:
        """A column of the blocks from `first` to before `stop`. Nobody may change it."""
        if type not in KEPT:
            raise NotHere
        with self._lock:
            column = self._column(rows, name, type)
            self._load(rows, [(name, column)], first, stop)
            return column.values[rows.starts[first] : rows.starts[stop]], column.words

    def _arranged(self, source: Source, table: str, event: str | None) -> Rows:
        # Files that are new come last in their month, so that those of the newest go on where the rows ended.
        for path in sorted(source.tables.get(table, ())):
            self._seen.setdefault(path, len(self._seen))
        paths = sorted(source.tables.get(table, ()), key=lambda path: (source.months.get(path, ""), self._seen[path]))
        with ThreadPoolExecutor(self._threads) as threads:
            found = list(threads.map(lambda path: event_rows(path).get(event, slice(0, 0)), paths))
        blocks = [
            Block(path, source.months.get(path, ""), rows, size_of(rows))
            for path, rows in zip(paths, found, strict=True)
            if size_of(rows)
        ]
        starts = np.concatenate([[0], np.cumsum([block.size for block in blocks])]).astype(int).tolist()
        return Rows(table, blocks, starts)

    def _column(self, rows: Rows, name: str, type: pa.DataType) -> Column:
        if name in rows.columns:
            return rows.columns[name]
        kept = KEPT[type]
        if rows.size * kept.itemsize > self.most_bytes:
            raise NotHere
        words = self._words.setdefault((rows.table, name), Words(type)) if type in CODED else None
        column = self._continued(rows, name)
        if column is None:
            room = Room(np.empty(rows.size + max(rows.size // SPARE, LEAST_SPARE), kept), rows.size)
            column = Column(room.values[: rows.size], [False] * len(rows.blocks), words, room)
            self._make_room(room.values.nbytes)
            self._take_over(rows, name, column)
        rows.columns[name] = column
        return column

    def _continued(self, rows: Rows, name: str) -> Column | None:
        """The column of an earlier state whose rows come first in this one, in its memory; None if there is none."""
        for other in reversed(self._rows.values()):
            theirs = other.columns.get(name) if other is not rows and other.table == rows.table else None
            if theirs is None or theirs.room.used != other.size or not _begins(rows, other):
                continue
            if rows.size <= len(theirs.room.values):
                theirs.room.used = rows.size
                loaded = theirs.loaded + [False] * (len(rows.blocks) - len(other.blocks))
                return Column(theirs.room.values[: rows.size], loaded, theirs.words, theirs.room)
        return None

    def _make_room(self, needed: int) -> None:
        """Drops columns of what was not asked for lately; memory that another state goes on in stays."""
        kept = [(rows, name, rows.columns[name].room) for rows in self._rows.values() for name in rows.columns]
        holders = Counter(id(room) for _, _, room in kept)
        used = sum({id(room): room.values.nbytes for _, _, room in kept}.values())
        for rows, name, room in kept:
            if used + needed <= self.most_bytes:
                return
            del rows.columns[name]
            holders[id(room)] -= 1
            used -= 0 if holders[id(room)] else room.values.nbytes

    def _take_over(self, rows: Rows, name: str, column: Column) -> None:
        """What an earlier state has read of the same files."""
        at = {block.path: place for place, block in enumerate(rows.blocks)}
        for other in [one for one in self._rows.values() if one is not rows and one.table == rows.table]:
            theirs = other.columns.get(name)
            for place, block in enumerate(other.blocks if theirs else ()):
                ours = at.get(block.path)
                same = ours is not None and rows.blocks[ours].rows is block.rows
                if theirs and same and theirs.loaded[place] and not column.loaded[ours]:  # type: ignore[index]
                    values = theirs.values[other.starts[place] : other.starts[place + 1]]
                    column.values[rows.starts[ours] : rows.starts[ours + 1]] = values  # type: ignore[index,operator]
                    column.loaded[ours] = True  # type: ignore[index]

    def _load(self, rows: Rows, wanted: list[tuple[str, Column]], first: int, stop: int) -> None:
        missing = [
            (name, column, place) for name, column in wanted for place in range(first, stop) if not column.loaded[place]
        ]
        if not missing:
            return
        with ThreadPoolExecutor(self._threads) as threads:
            parts = threads.map(lambda one: read(rows.blocks[one[2]], one[0], coded=one[1].words is not None), missing)
            for (_, column, place), part in zip(missing, parts, strict=True):
                _fill(column, rows.starts[place], rows.starts[place + 1], part)
                column.loaded[place] = True


def _begins(rows: Rows, other: Rows) -> bool:
    """Whether the rows begin with all of the other's."""
    first = rows.blocks[: len(other.blocks)]
    pairs = zip(first, other.blocks, strict=False)
    return len(first) == len(other.blocks) and all(a.path == b.path and a.rows is b.rows for a, b in pairs)


def _fill(column: Column, start: int, stop: int, part: pa.ChunkedArray | None) -> None:
    if part is None:
        if column.words is None and column.values.dtype.kind != "f":
            raise NotHere  # as in `_plain`: an instant has no number that says "missing"
        column.values[start:stop] = np.nan if column.words is None else NO_CODE
        return
    fill = _codes(column.words) if column.words is not None else _plain
    for chunk in part.chunks:
        column.values[start : start + len(chunk)] = fill(chunk)
        start += len(chunk)


def _plain(chunk: pa.Array) -> np.ndarray:
    """Numbers as they are, a missing one as NaN; instants in microseconds."""
    if pa.types.is_timestamp(chunk.type):
        chunk = chunk.view(pa.int64())
    if chunk.null_count and not pa.types.is_floating(chunk.type):
        raise NotHere
    return chunk.to_numpy(zero_copy_only=False)


def _codes(words: Words) -> Callable[[pa.Array], np.ndarray]:
    def coded(chunk: pa.Array) -> np.ndarray:
        if not pa.types.is_dictionary(chunk.type):
            chunk = pc.dictionary_encode(chunk)
        numbers = words.numbers(chunk.dictionary)
        places = pc.fill_null(chunk.indices, len(numbers) - 1) if chunk.null_count else chunk.indices
        return numbers[places.to_numpy(zero_copy_only=False)]

    return coded
