"""The rows of one event in one row group of a file of the lake, and columns of them. Files never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MOST_IN_FOOTER = 60
CUSTOMER = "customer_id"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one event in one row group: a stretch of it, or single rows if they do not lie together.

    `most` is the largest id of a customer in the row group; None if its footer does not say.
    """

    path: str
    group: int
    rows: slice | np.ndarray
    size: int
    most: int | None


@lru_cache(maxsize=20_000)
def event_blocks(path: str) -> dict[str | None, list[Block]]:
    """Where the rows of each event are in a file; all of them under None."""
    metadata = _metadata(path)
    found: dict[str | None, list[Block]] = {None: []}
    for group in range(metadata.num_row_groups):
        everything: dict[str | None, slice | np.ndarray] = {None: slice(0, metadata.row_group(group).num_rows)}
        if "event" in _names(path):
            events = _events_of_group(path, group)
            codes = events.indices.to_numpy(zero_copy_only=False)
            named = enumerate(events.dictionary.to_pylist())
            everything |= {name: _together(codes == number) for number, name in named}
        for name, rows in everything.items():
            size = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
            if size:
                found.setdefault(name, []).append(Block(path, group, rows, size, _most(path, group)))
    return found


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


def _most(path: str, group: int) -> int | None:
    statistics = _metadata(path).row_group(group).column(_names(path)[CUSTOMER]).statistics
    return int(statistics.max) if statistics is not None and statistics.has_min_max else None


def _together(marks: np.ndarray) -> slice | np.ndarray:
    rows = np.flatnonzero(marks)
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


@lru_cache(maxsize=20_000)
def _metadata(path: str) -> pq.FileMetaData:
    return pq.read_metadata(path)


@lru_cache(maxsize=20_000)
def _names(path: str) -> dict[str, int]:
    """The columns of a file, by name, with their places among the file's leaves."""
    schema = _metadata(path).schema
    return {schema.column(place).path.partition(".")[0]: place for place in range(len(schema))}


def instant(block: Block, name: str) -> int | None:
    """The one instant, in microseconds, that a whole row group holds in this column; None if there may be several."""
    if name not in _names(block.path):
        return None
    statistics = _metadata(block.path).row_group(block.group).column(_names(block.path)[name]).statistics
    if statistics is None or not statistics.has_min_max or statistics.min != statistics.max:
        return None
    if not statistics.has_null_count or statistics.null_count or not isinstance(statistics.min, datetime):
        return None
    return int((statistics.min.astimezone(UTC) - EPOCH) // MICROSECOND)


def read(block: Block, coded: Mapping[str, bool]) -> dict[str, pa.Array | None]:
    """Columns of a block, by name, as a dictionary where that is asked for.

    None for one that the file, written before it was known, does not have.
    """
    there = [name for name in coded if name in _names(block.path)]
    file = pq.ParquetFile(
        block.path,
        metadata=_metadata(block.path),
        read_dictionary=[name for name in there if coded[name]] or None,
        memory_map=True,
    )
    rows = file.read_row_group(block.group, columns=there, use_threads=False)
    return {name: _of(block, rows.column(name)) if name in there else None for name in coded}


def _of(block: Block, column: pa.ChunkedArray) -> pa.Array:
    values = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(block.rows, slice):
        return values.slice(block.rows.start, block.size)
    return values.take(pa.array(block.rows))
