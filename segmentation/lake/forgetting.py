"""Takes rows of customers or of a time out of the lake for good: its tables, and what older versions left on disk."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segmentation.lake import delta, versions
from segmentation.lake.appending import ORIGIN
from segmentation.lake.compact import delete_unneeded
from segmentation.lake.events import first_event
from segmentation.lake.lock import writing
from segmentation.lake.sync import copy, origin_of, silent
from segmentation.lake.tables import EVENTS, ITEMS, TABLES, TIME

OWNER = "customer_id"


def count(ids: Iterable[int]) -> int:
    """How many rows of these customers lie in the newest versions of the tables."""
    gone = pa.array(sorted(ids), pa.int64())
    tables = [(name, delta.opened(name)) for name in TABLES if delta.exists(name)]
    return sum(_rows_of(path, gone) for name, table in tables for path in delta.files(table, name))


def forget(ids: Iterable[int]) -> None:
    """Call it when the customers are gone from the database. Safe to kill anywhere and to repeat.

    Who reads an older version at this moment finds its files gone and has to begin anew.
    """
    gone = pa.array(sorted(ids), pa.int64())
    with writing():
        copy(silent)
        for name in TABLES:
            if delta.exists(name):
                for path, value in delta.files(delta.opened(name), name).items():
                    if _rows_of(path, gone):
                        _rewrite(name, value, Path(path), partial(_not_of, gone))
        _let_go()


def forget_before(moment: datetime, delete: Callable[[], int]) -> int:
    """Let `delete` take the events from before the moment out of the database, and take them out of the lake as well.

    What is left is not copied again. Killed on the way, the next sync makes the tables anew from the database.
    """
    with writing():
        first = first_event()
        copy(silent)
        count = delete()
        for name in (EVENTS, ITEMS):
            table = delta.opened(name)
            goes_on = delta.mark(table, ORIGIN) == origin_of(first)
            for path, month in delta.files(table, name).items():
                if month <= f"{moment.astimezone(UTC):%Y-%m}":
                    _rewrite(name, month, Path(path), partial(_since, moment))
            if goes_on:
                delta.note(delta.opened(name), name, {ORIGIN: origin_of(first_event())})
        _let_go()
    return count


def _let_go() -> None:
    """Publish what there is, and delete the files and logs of all before it."""
    with ExitStack() as logs:
        for name in TABLES:
            if delta.exists(name):
                logs.enter_context(delta.without_old_log(delta.opened(name)))
        _publish()
        delete_unneeded(timedelta(0))
    _publish()


def _publish() -> None:
    versions.publish({name: delta.opened(name).version() for name in TABLES if delta.exists(name)})


def _rows_of(path: str, gone: pa.Array) -> int:
    owners = pq.read_table(path, columns=[OWNER], partitioning=None)[OWNER]
    return int(pc.sum(pc.is_in(owners.cast(pa.int64()), gone)).as_py() or 0)


def _not_of(owners: pa.Array, rows: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.is_in(rows[OWNER].cast(pa.int64()), owners))


def _since(moment: datetime, rows: pa.Table) -> pa.ChunkedArray:
    return pc.greater_equal(rows["time"], pa.scalar(moment, TIME))


def _rewrite(name: str, value: str, path: Path, stays: Callable[[pa.Table], pa.ChunkedArray]) -> None:
    """One commit: the file with the rows that stay instead of the whole file. Rows keep their order."""
    rows = pq.read_table(path, partitioning=None)
    kept = rows.filter(stays(rows))
    table = delta.opened(name)
    delta.replace(table, name, [delta.removal(name, value, path)], value, kept)
