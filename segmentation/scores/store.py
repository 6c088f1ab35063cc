"""Keeps score tables: published whole by a run, read one row at a time or all at once.

A table has an `id` column and any other Arrow columns. It lies in the database in compressed chunks, so that publishing
a million customers is a few hundred rows in the run's own transaction, and a look-up decodes one small chunk.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from segmentation.runs.models import Run
from segmentation.scores.models import ScoreChunk

CHUNK = 4_096
# Chunks kept decoded in each process.
CACHED = 64
# Owners whose rows are not customers; the columns that list customers, each with the lists that run beside it.
OF_PRODUCTS = ("recommendation.products",)
NAMING = {"neighbours": (), "sources": (), "customers": ("scores",)}


def publish(owner: str, table: pa.Table, *, run: Run | None) -> None:
    """These rows instead of all that the owner had. Call it inside the run's commit."""
    ordered = table.sort_by("id")
    ids = ordered["id"].to_numpy()
    firsts = ids // CHUNK * CHUNK
    starts = [place for place in range(len(ids)) if not place or firsts[place] != firsts[place - 1]]
    stops = [*starts[1:], len(ids)][: len(starts)]
    chunks = [
        ScoreChunk(owner=owner, first=int(firsts[start]), run=run, data=_packed(ordered.slice(start, stop - start)))
        for start, stop in zip(starts, stops, strict=True)
    ]
    with transaction.atomic():
        ScoreChunk.objects.filter(owner=owner).delete()
        ScoreChunk.objects.bulk_create(chunks, batch_size=100)


def row(owner: str, id: int) -> dict[str, Any] | None:
    """What was said of this one; None when nothing was."""
    chunks = ScoreChunk.objects.filter(owner=owner, first=id // CHUNK * CHUNK)
    found = chunks.values_list("pk", "created_at").first()
    if found is None:
        return None
    chunk = _decoded(*found)
    place = int(np.searchsorted(chunk["id"].to_numpy(), id))
    if place == len(chunk) or chunk["id"][place].as_py() != id:
        return None
    return chunk.slice(place, 1).to_pylist()[0]


def rows(owner: str, ids: Collection[int], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
    """These columns of what was said of these, by id; each chunk is decoded once."""
    wanted = pa.array(sorted(ids), pa.int64())
    firsts = {id // CHUNK * CHUNK for id in ids}
    found: dict[int, dict[str, Any]] = {}
    for pk, made in ScoreChunk.objects.filter(owner=owner, first__in=firsts).values_list("pk", "created_at"):
        chunk = _decoded(pk, made).select(["id", *columns])
        mine = chunk.filter(pc.is_in(chunk["id"].cast(pa.int64()), wanted))
        found |= {one["id"]: one for one in mine.to_pylist()}
    return found


def table(owner: str) -> pa.Table | None:
    """All rows in order of id; None when there are none."""
    chunks = ScoreChunk.objects.filter(owner=owner).order_by("first").values_list("data", flat=True)
    parts = [_unpacked(data) for data in chunks]
    return pa.concat_tables(parts) if parts else None


def forget(ids: Iterable[int], *, prefix: str = "") -> None:
    """Takes these customers out of every table whose owner begins so: their own rows, and their numbers in the rows of
    others (neighbours, sources, the best customers of a product)."""
    gone = pa.array(sorted(set(ids)), pa.int32())
    with transaction.atomic():
        for pk in list(ScoreChunk.objects.filter(owner__startswith=prefix).values_list("pk", flat=True)):
            chunk = ScoreChunk.objects.get(pk=pk)
            kept = _without(_unpacked(chunk.data), gone, by_customer=chunk.owner not in OF_PRODUCTS)
            if kept is not None:
                # A new row, so that no process goes on reading the old one from its cache.
                chunk.delete()
                ScoreChunk.objects.create(owner=chunk.owner, first=chunk.first, run_id=chunk.run_id, data=_packed(kept))


def mentions(ids: Iterable[int]) -> int:
    """How many chunks have a row of one of these customers, or a row that names one."""
    gone = pa.array(sorted(set(ids)), pa.int32())
    chunks = ScoreChunk.objects.values_list("owner", "data").iterator(chunk_size=50)
    return sum(
        _without(_unpacked(data), gone, by_customer=owner not in OF_PRODUCTS) is not None for owner, data in chunks
    )


def _without(rows: pa.Table, gone: pa.Array, *, by_customer: bool) -> pa.Table | None:
    """The rows without those customers; None when none of them is there."""
    kept = rows
    if by_customer:
        kept = rows.filter(pc.invert(pc.is_in(rows["id"], gone.cast(rows["id"].type))))
    changed = len(kept) < len(rows)
    for column, beside in NAMING.items():
        if column in kept.column_names and pc.any(pc.is_in(pc.list_flatten(kept[column]), gone)).as_py():
            kept, changed = _unnamed(kept, column, beside, gone), True
    return kept if changed else None


def _unnamed(rows: pa.Table, column: str, beside: tuple[str, ...], gone: pa.Array) -> pa.Table:
    """The rows with these customers struck off their lists."""
    lists = rows[column].combine_chunks()
    stays = pc.invert(pc.is_in(lists.flatten(), gone))
    of = np.repeat(np.arange(len(lists)), pc.list_value_length(lists).fill_null(0).to_numpy())
    sizes = np.bincount(of[stays.to_numpy(zero_copy_only=False)], minlength=len(lists))
    ends = pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int32())
    for name in (column, *beside):
        shorter = pa.ListArray.from_arrays(ends, rows[name].combine_chunks().flatten().filter(stays))
        rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), shorter)
    return rows


def _packed(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, rows.schema, options=options) as writer:
        writer.write_table(rows.combine_chunks())
    return sink.getvalue().to_pybytes()


def _unpacked(data: bytes | memoryview) -> pa.Table:
    return pa.ipc.open_stream(pa.BufferReader(bytes(data))).read_all()


@lru_cache(maxsize=CACHED)
def _decoded(pk: int, made: datetime) -> pa.Table:
    """A chunk's rows. `made` tells it from one of the same id whose transaction was rolled back."""
    return _unpacked(ScoreChunk.objects.values_list("data", flat=True).get(pk=pk, created_at=made))
