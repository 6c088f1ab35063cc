"""The rows of one event in one file of the lake: where they are, and a column of them. Files never change."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MOST_IN_FOOTER = 60


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one event in one file: a stretch of it, or single rows if they do not lie together."""

    path: str
    month: str
    rows: slice | np.ndarray
    size: int


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


def size_of(rows: slice | np.ndarray) -> int:
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
