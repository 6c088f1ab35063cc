"""The Delta tables on disk: opening, appending with marks, reading file lists. Only the lake's modules use it.

A mark is a number kept by a table under a name, saved in the same commit as the rows it speaks of (a Delta
application transaction). So rows and marks can never disagree, wherever a process is killed.
"""

import json
import time
import uuid
from collections.abc import Iterable, Mapping
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
        partition = [PARTITIONS[name]] if name in PARTITIONS else None
        DeltaTable.create(str(folder(name)), schema=FIXED[name], partition_by=partition, mode="ignore")
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
    return AddAction(relative, path.stat().st_size, {PARTITIONS[name]: value}, _now(), new, stats)


def new_file(name: str, value: str) -> Path:
    """A path for a new file of the partition."""
    path = folder(name) / f"{PARTITIONS[name]}={value}" / f"{uuid.uuid4()}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _written(name: str, value: str, rows: pa.Table) -> AddAction:
    path = new_file(name, value)
    pq.write_table(rows, path, compression="zstd", row_group_size=ROW_GROUP)
    return add_action(name, value, path, rows=rows.num_rows)


def _properties(marks: Marks) -> CommitProperties:
    return CommitProperties(app_transactions=[Transaction(key, number) for key, number in marks.items()])


def _now() -> int:
    return int(time.time() * 1000)
