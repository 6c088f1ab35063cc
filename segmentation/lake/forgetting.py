"""Takes customers out of the lake for good: out of its tables, and out of what older versions left on disk."""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segmentation.lake import delta, versions
from segmentation.lake.compact import delete_unneeded, removal
from segmentation.lake.lock import writing
from segmentation.lake.sync import copy, silent
from segmentation.lake.tables import TABLES

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
                        _rewrite(name, value, Path(path), gone)
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


def _rewrite(name: str, value: str, path: Path, gone: pa.Array) -> None:
    """One commit: the file without these rows instead of the file with them. Rows keep their order."""
    rows = pq.read_table(path, partitioning=None)
    kept = rows.filter(pc.invert(pc.is_in(rows[OWNER].cast(pa.int64()), gone)))
    table = delta.opened(name)
    delta.replace(table, name, [removal(name, value, path)], value, kept)
