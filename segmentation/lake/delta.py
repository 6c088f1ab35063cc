"""The Delta tables on disk: opening, appending with marks, reading file lists. Only the lake's modules use it.

A mark is a number kept by a table under a name, saved in the same commit as the rows it speaks of (a Delta
application transaction). So rows and marks can never disagree, wherever a process is killed.
"""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
from deltalake.transaction import AddAction, RemoveAction
from django.conf import settings

from segmentation.lake.tables import FIXED, PARTITIONS

Marks = Mapping[str, int]
# Rows of one row group, the unit that engines skip or share between threads.
ROW_GROUP = 122_880
_RETENTION = "delta.logRetentionDuration"


def folder(name: str) -> Path:
    """Where table `name` lies."""
    return Path(settings.LAKE_DIR).absolute() / name


def exists(name: str) -> bool:
    return DeltaTable.is_deltatable(str(folder(name)))


def opened(name: str, version: int | None = None) -> DeltaTable:
    """Table `name` as it is now, or was at `version`."""
    return DeltaTable(str(folder(name)), version=version)


def created(name: str) -> DeltaTable:
    """Table `name`, made if it is not there."""
    if not exists(name):
        DeltaTable.create(str(folder(name)), schema=FIXED[name], partition_by=partitions(name), mode="ignore")
    return opened(name)


def mark(table: DeltaTable, key: str) -> int:
    """The mark called `key`; 0 before it was first set."""
    return table.transaction_version(key) or 0


def schema(table: DeltaTable) -> pa.Schema:
    return pa.schema(table.schema().to_arrow())


def files(table: DeltaTable, name: str) -> dict[str, str]:
    """Absolute path of each file of the table's version, with the value of its partition ("" without one)."""
    actions = pa.table(table.get_add_actions(flatten=True))
    paths = [str(folder(name) / path) for path in actions["path"].to_pylist()]
    column = f"partition.{PARTITIONS.get(name, '')}"
    values = actions[column].to_pylist() if column in actions.column_names else [""] * len(paths)
    return {path: str(value) for path, value in sorted(zip(paths, values, strict=True))}


def append(table: DeltaTable, name: str, parts: Mapping[str, pa.Table], *, marks: Marks) -> None:
    """Add one file per partition (value → rows, in the order they are to lie) and set the marks: one commit."""
    added: list[AddAction | RemoveAction] = [_written(name, *part) for part in parts.items() if part[1].num_rows]
    table.create_write_transaction(
        added, "append", table.schema(), [PARTITIONS[name]], commit_properties=_properties(marks)
    )
    table.update_incremental()


def replace(table: DeltaTable, name: str, removed: list[RemoveAction], value: str, rows: pa.Table) -> None:
    """Put `rows` of the partition `value` in the place of some of its files: one commit."""
    actions: list[AddAction | RemoveAction] = [*removed]
    if rows.num_rows:
        actions.append(_written(name, value, rows))
    table.create_write_transaction(actions, "append", table.schema(), partitions(name))


def overwrite(table: DeltaTable, rows: pa.Table, *, marks: Marks | None = None, where: str | None = None) -> None:
    """Put `rows` in the place of all rows, or of those of the partition `where`; one commit."""
    write_deltalake(
        table,
        rows,
        mode="overwrite",
        schema_mode="merge" if where else "overwrite",
        predicate=where,
        commit_properties=_properties(marks or {}),
    )


def note(table: DeltaTable, name: str, marks: Marks) -> None:
    """Set these marks; no row changes."""
    table.create_write_transaction([], "append", table.schema(), partitions(name), commit_properties=_properties(marks))


def widen(table: DeltaTable, columns: Iterable[pa.Field]) -> None:
    """Add the columns the table lacks; rows written before have no value there."""
    known = set(schema(table).names)
    missing = {column.name: column for column in columns if column.name not in known}
    if missing:
        table.alter.add_columns(Schema.from_arrow(pa.schema(missing.values())).fields)
        table.update_incremental()


def add_action(name: str, value: str, path: Path, *, rows: int, new: bool = True) -> AddAction:
    """What tells Delta of a file lying in the table's folder; `new` is false for rows that were there already."""
    relative = path.relative_to(folder(name)).as_posix()
    stats = json.dumps({"numRecords": rows})
    of: dict[str, str | None] = dict.fromkeys(partitions(name), value)
    return AddAction(relative, path.stat().st_size, of, _now(), new, stats)


def removal(name: str, value: str, path: Path) -> RemoveAction:
    """What tells Delta that a file of the partition is no longer part of the table."""
    relative = path.relative_to(folder(name)).as_posix()
    of: dict[str, str | None] = dict.fromkeys(partitions(name), value)
    return RemoveAction(relative, False, _now(), path.stat().st_size, of)


def new_file(name: str, value: str) -> Path:
    """A path for a new file of the partition."""
    path = folder(name).joinpath(*(f"{column}={value}" for column in partitions(name)), f"{uuid.uuid4()}.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def partitions(name: str) -> list[str]:
    """The columns by which table `name` is cut into folders."""
    return [PARTITIONS[name]] if name in PARTITIONS else []


@contextmanager
def without_old_log(table: DeltaTable) -> Iterator[None]:
    """Publish the table's version in the body: then the log of older ones is deleted, and no longer than then.

    It tells the least and the greatest value of each column of each file, also of files that are gone.
    """
    table.alter.set_table_properties({_RETENTION: "interval 0 seconds"})
    table.update_incremental()
    table.create_checkpoint()
    yield
    # Opened anew: commits of the body may have come with a checkpoint, after which the version we know has no log.
    table = DeltaTable(table.table_uri)
    table.cleanup_metadata()
    table.alter.set_table_properties({_RETENTION: "interval 30 days"})


def _written(name: str, value: str, rows: pa.Table) -> AddAction:
    """The rows as a new file of the partition, and what tells Delta of it."""
    path = new_file(name, value)
    pq.write_table(rows, path, compression="zstd", row_group_size=ROW_GROUP)
    return add_action(name, value, path, rows=rows.num_rows)


def _properties(marks: Marks) -> CommitProperties:
    return CommitProperties(app_transactions=[Transaction(key, number) for key, number in marks.items()])


def _now() -> int:
    return int(time.time() * 1000)
