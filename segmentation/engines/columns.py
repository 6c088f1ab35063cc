"""Columns of the lake held in memory, block by block: read once from the files, then asked many times.

The rows of one event lie month after month, so a window of time is a stretch of blocks. A file of the lake never
changes: all states of the lake that hold it share what was read of it.
"""

import itertools
from bisect import bisect_left, bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock, Thread
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.engines.blocks import CUSTOMER, Block, event_blocks, instant, read
from segmentation.engines.codes import Words, coded
from segmentation.engines.not_here import NotHere
from segmentation.lake.tables import CUSTOMER_ID, Source

# What a column is kept as at most, by its type in the lake; texts, days and yes or no as numbers of a dictionary.
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
# Events of states of the lake whose places in the files are known at once.
MOST_ROWS = 256
# Footers of so few files are read by one thread.
FEW_FILES = 4
# A column of a block: file, row group, event, name.
Key = tuple[str, int, str | None, str]


@dataclass
class Rows:
    """All rows of one event of one table, or of a table without events, in one state of the lake: block by block."""

    table: str
    event: str | None
    blocks: list[Block]
    # Of the blocks, in their order: a later one never comes before.
    months: list[str]
    # Tells them from all others.
    number: int = field(default_factory=itertools.count().__next__)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The files that hold them."""
        return frozenset(block.path for block in self.blocks)

    @cached_property
    def size(self) -> int:
        return sum(block.size for block in self.blocks)

    def stretch(self, low: str, high: str) -> range:
        """The places of the blocks of these months, both included."""
        first = bisect_left(self.months, low)
        return range(first, max(first, bisect_right(self.months, high)))

    def key(self, place: int, name: str) -> Key:
        block = self.blocks[place]
        return block.path, block.group, self.event, name


@dataclass(frozen=True, slots=True)
class Work:
    """Columns of a block that somebody is to read: the next of those who take from the queue."""

    rows: Rows
    place: int
    types: dict[str, pa.DataType]
    queue: "deque[Work]"
    done: "Future[dict[str, np.ndarray]]" = field(default_factory=Future)


class Columns:
    """What one engine keeps of the lake's columns; the least recently used go first."""

    def __init__(self, most_bytes: int, threads: int) -> None:
        # Arrow's own allocator keeps giving memory back and taking it anew; that costs more than decoding does.
        pa.set_memory_pool(pa.system_memory_pool())
        self.most_bytes = most_bytes
        self._threads = threads
        self._rows: OrderedDict[tuple[Any, ...], Rows] = OrderedDict()
        self._words: dict[tuple[str, str], Words] = {}
        self._arrays: OrderedDict[Key, np.ndarray] = OrderedDict()
        self._bytes = 0
        # What is read at this moment, or next.
        self._coming: dict[Key, Work] = {}
        self._lock = Lock()

    def rows(self, source: Source, table: str, event: str | None) -> Rows:
        """The rows of an event, as this state of the lake has them; nothing of them is read yet."""
        if not self.most_bytes:
            raise NotHere
        key = (table, event, source.tables.get(table, ()))
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
                return self._rows[key]
        rows = self._arranged(source, table, event)
        with self._lock:
            self._rows[key] = rows
            if len(self._rows) > MOST_ROWS:
                self._rows.popitem(last=False)
        return rows

    def read_ahead(self, rows: Rows, types: Mapping[str, Mapping[int, pa.DataType]]) -> None:
        """Begins to read columns of blocks, of each name those of some places, beside whoever asks for their values."""
        self._check(rows, {type for places in types.values() for type in places.values()})
        work: dict[int, Work] = {}
        queue: deque[Work] = deque()
        with self._lock:
            for name, places in types.items():
                for place, type in places.items():
                    key = rows.key(place, name)
                    if key not in self._arrays and key not in self._coming:
                        one = work.setdefault(place, Work(rows, place, {}, queue))
                        one.types[name] = type
                        self._coming[key] = one
        queue.extend(work[place] for place in sorted(work))
        for _ in range(min(self._threads, len(queue)) - 1):
            Thread(target=self._reads, args=(queue,), daemon=True).start()

    def values(self, rows: Rows, place: int, name: str, type: pa.DataType) -> tuple[np.ndarray, Words | None]:
        """A column of a block. Nobody may change it."""
        key = rows.key(place, name)
        with self._lock:
            found, coming = self._arrays.get(key), self._coming.get(key)
            if found is not None:
                self._arrays.move_to_end(key)
        if found is None:
            self._check(rows, {type})
            found = (self._awaited(coming) if coming else self._read(rows, place, {name: type}))[name]
        return found, self._words_of(rows, name, type)

    def most(self, rows: Rows) -> int:
        """The largest id of a customer, or a bit more; -1 without rows."""
        known = [
            self.values(rows, place, CUSTOMER, CUSTOMER_ID)[0].max() if block.most is None else block.most
            for place, block in enumerate(rows.blocks)
        ]
        return max(map(int, known), default=-1)

    def _check(self, rows: Rows, types: Iterable[pa.DataType]) -> None:
        for type in types:
            if type not in KEPT or rows.size * KEPT[type].itemsize > self.most_bytes:
                raise NotHere

    def _arranged(self, source: Source, table: str, event: str | None) -> Rows:
        paths = sorted(source.tables.get(table, ()), key=lambda path: (source.months.get(path, ""), path))
        if len(paths) < FEW_FILES:
            found = list(map(event_blocks, paths))
        else:
            with ThreadPoolExecutor(self._threads) as threads:
                found = list(threads.map(event_blocks, paths))
        blocks = [block for blocks in found for block in blocks.get(event, ())]
        return Rows(table, event, blocks, [source.months.get(block.path, "") for block in blocks])

    def _words_of(self, rows: Rows, name: str, type: pa.DataType) -> Words | None:
        return self._words.setdefault((rows.table, name), Words(type)) if type in CODED else None

    def _awaited(self, work: Work) -> dict[str, np.ndarray]:
        """What is read of it; until somebody has, we read what is next."""
        self._reads(work.queue, until=work)
        return work.done.result()

    def _reads(self, queue: deque[Work], until: Work | None = None) -> None:
        """Reads as long as there is something to read."""
        while until is None or not until.done.done():
            try:
                work = queue.popleft()
            except IndexError:
                return
            try:
                work.done.set_result(self._read(work.rows, work.place, work.types))
            except Exception as e:
                work.done.set_exception(e)
            with self._lock:
                for name in work.types:
                    self._coming.pop(work.rows.key(work.place, name), None)

    def _read(self, rows: Rows, place: int, types: dict[str, pa.DataType]) -> dict[str, np.ndarray]:
        block, found = rows.blocks[place], {}
        same = {name: instant(block, name) for name, type in types.items() if pa.types.is_timestamp(type)}
        parts = read(block, {name: type in CODED for name, type in types.items() if same.get(name) is None})
        for name, type in types.items():
            words, part = self._words_of(rows, name, type), parts.get(name)
            if name not in parts:
                found[name] = np.full(block.size, same[name], np.int64)
            elif part is None:
                found[name] = _missing(words, KEPT[type], block.size)
            else:
                found[name] = coded(part, words) if words is not None else _plain(part)
            self._keep(rows.key(place, name), found[name])
        return found

    def _keep(self, key: Key, array: np.ndarray) -> None:
        with self._lock:
            if key in self._arrays:
                return
            self._arrays[key] = array
            self._bytes += array.nbytes
            while self._bytes > self.most_bytes and len(self._arrays) > 1:
                self._bytes -= self._arrays.popitem(last=False)[1].nbytes


def _missing(words: Words | None, kept: np.dtype, size: int) -> np.ndarray:
    if words is not None:
        return words.none(size)
    if kept.kind != "f":
        raise NotHere  # as in `_plain`: an instant has no number that says "missing"
    return np.full(size, np.nan)


def _plain(values: pa.Array) -> np.ndarray:
    """Numbers as they are, a missing one as NaN; instants in microseconds."""
    if pa.types.is_timestamp(values.type):
        values = values.view(pa.int64())
    if values.null_count and not pa.types.is_floating(values.type):
        raise NotHere
    found = values.to_numpy(zero_copy_only=False)
    # A part of a row group would hold on to all of it.
    return found if values.nbytes >= values.get_total_buffer_size() else found.copy()
