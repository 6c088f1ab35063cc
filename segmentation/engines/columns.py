"""Columns of the lake held in memory, event by event: read once from the files, then asked many times.

The rows of one event lie month after month, so a window of time is a stretch of them. A file of the lake never
changes: a new state of the lake takes over what was read of the files that it shares with the one before.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

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
# Events of states of the lake whose places in the files are known at once.
MOST_ROWS = 256
MOST_IN_FOOTER = 60


class NotHere(Exception):
    """The question is one for SQL: of a kind, or of a size, that columns in memory are not for."""


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one event in one file: a stretch of it, or single rows if they do not lie together."""

    path: str
    month: str
    rows: slice | np.ndarray
    size: int


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
class Column:
    """One column of one event's rows; `loaded` says of which blocks. `words` are what the numbers stand for."""

    values: np.ndarray
    loaded: list[bool]
    words: Words | None = None

    @property
    def nbytes(self) -> int:
        return self.values.nbytes


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
        paths = sorted(source.tables.get(table, ()), key=lambda path: (source.months.get(path, ""), path))
        with ThreadPoolExecutor(self._threads) as threads:
            found = list(threads.map(lambda path: event_rows(path).get(event, slice(0, 0)), paths))
        blocks = [
            Block(path, source.months.get(path, ""), rows, _size(rows))
            for path, rows in zip(paths, found, strict=True)
            if _size(rows)
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
        column = Column(np.empty(rows.size, kept), [False] * len(rows.blocks), words)
        self._make_room(column.nbytes)
        self._take_over(rows, name, column)
        rows.columns[name] = column
        return column

    def _make_room(self, needed: int) -> None:
        """Drops columns of what was not asked for lately."""
        kept = [(rows, name) for rows in self._rows.values() for name in rows.columns]
        used = sum(rows.columns[name].nbytes for rows, name in kept)
        for rows, name in kept:
            if used + needed <= self.most_bytes:
                return
            used -= rows.columns.pop(name).nbytes

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


def read(block: Block, name: str, *, coded: bool) -> pa.ChunkedArray | None:
    """A column of a block; None if its file was written before the column was known."""
    metadata = _metadata(block.path)
    if name not in _names(block.path):
        return None
    file = pq.ParquetFile(block.path, metadata=metadata, read_dictionary=[name] if coded else None, memory_map=True)
    if not isinstance(block.rows, slice):
        return file.read(columns=[name], use_threads=False).column(0).take(block.rows)
    ends = _group_ends(block.path)
    first = int(np.searchsorted(ends, block.rows.start, side="right"))
    last = int(np.searchsorted(ends, block.rows.stop, side="left"))
    found = file.read_row_groups(list(range(first, last + 1)), columns=[name], use_threads=False).column(0)
    return found.slice(block.rows.start - (ends[first - 1] if first else 0), block.size)


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


@lru_cache(maxsize=20_000)
def event_rows(path: str) -> dict[str | None, slice | np.ndarray]:
    """Where the rows of each event are in a file; all of them under None."""
    metadata = _metadata(path)
    everything: dict[str | None, slice | np.ndarray] = {None: slice(0, metadata.num_rows)}
    if "event" not in _names(path):
        return everything
    names: list[str] = []
    numbers: list[np.ndarray] = []
    for group in range(metadata.num_row_groups):
        found = _events_of_group(path, group)
        for name in found.dictionary.to_pylist():
            if name not in names:
                names.append(name)
        known = np.array([names.index(name) for name in found.dictionary.to_pylist()] or [0])
        numbers.append(known[found.indices.to_numpy(zero_copy_only=False)])
    codes = np.concatenate(numbers) if numbers else np.empty(0, int)
    return everything | {name: _together(codes == number) for number, name in enumerate(names)}


def _events_of_group(path: str, group: int) -> pa.DictionaryArray:
    """The events of a row group; not read if its footer says that they are all the same."""
    of_group = _metadata(path).row_group(group)
    statistics = of_group.column(_names(path)["event"]).statistics
    if (
        statistics is not None
        and statistics.has_min_max
        and statistics.min == statistics.max
        and _whole(statistics.min)
    ):
        same = np.zeros(of_group.num_rows, np.int32)
        return pa.DictionaryArray.from_arrays(same, pa.array([statistics.min], pa.string()))
    file = pq.ParquetFile(path, metadata=_metadata(path), read_dictionary=["event"], memory_map=True)
    return file.read_row_group(group, columns=["event"], use_threads=False).column(0).combine_chunks()


def _whole(text: str) -> bool:
    """Whether a footer holds all of this text: writers shorten long ones."""
    return len(text.encode()) <= MOST_IN_FOOTER


def _together(marks: np.ndarray) -> slice | np.ndarray:
    rows = np.flatnonzero(marks)
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _size(rows: slice | np.ndarray) -> int:
    return rows.stop - rows.start if isinstance(rows, slice) else len(rows)


@lru_cache(maxsize=20_000)
def _metadata(path: str) -> pq.FileMetaData:
    return pq.read_metadata(path)


@lru_cache(maxsize=20_000)
def _names(path: str) -> dict[str, int]:
    """The columns of a file, by name, with their places among the file's leaves."""
    schema = _metadata(path).schema
    return {schema.column(place).path.partition(".")[0]: place for place in range(len(schema))}


@lru_cache(maxsize=20_000)
def _group_ends(path: str) -> np.ndarray:
    metadata = _metadata(path)
    return np.cumsum([metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)])
