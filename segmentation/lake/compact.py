"""Merges the many small files that syncs leave into one sorted file per month, and deletes what nobody reads."""

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow.parquet as pq
from deltalake import DeltaTable
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from segmentation.lake import delta, versions
from segmentation.lake.lock import writing
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.sync import Progress, copy, silent
from segmentation.lake.tables import EVENTS, ITEMS, MONTH, TABLES

# How long files stay that newer versions no longer need: longer than any run may take that reads them.
SAFETY = timedelta(hours=24)
ORDER = {EVENTS: "event, customer_id, time, event_id", ITEMS: "event, customer_id, time, event_id, position"}


@dataclass(frozen=True)
class CompactReport:
    """What became of the files."""

    merged: int
    into: int
    deleted: int
    seconds: float


def compact(*, progress: Progress = silent, keep: timedelta = SAFETY) -> CompactReport:
    """Bring the lake up to date, merge, publish, and delete files that have not been needed for as long as `keep`."""
    started = time.perf_counter()
    with writing():
        copy(progress)  # a killed sync may have left versions that do not belong together
        crowded = {name: _crowded_months(name) for name in ORDER}
        total, done = sum(map(len, crowded.values())), 0
        for name, months in crowded.items():
            for month, files in months.items():
                _merge(name, month, files)
                done += 1
                progress(_("Merging files"), done, total)
        versions.publish({name: delta.opened(name).version() for name in ORDER})
        deleted = delete_unneeded(keep)
    merged = sum(len(files) for months in crowded.values() for files in months.values())
    return CompactReport(merged, total, deleted, time.perf_counter() - started)


def _crowded_months(name: str) -> dict[str, list[str]]:
    """The files of each month that has more than one."""
    months: dict[str, list[str]] = defaultdict(list)
    for path, month in delta.files(delta.opened(name), name).items():
        months[month].append(path)
    return {month: files for month, files in sorted(months.items()) if len(files) > 1}


def _merge(name: str, month: str, files: list[str]) -> None:
    """One file in the place of several: the same rows, in one commit."""
    path = delta.new_file(name, month)
    with TemporaryDirectory(dir=settings.LAKE_DIR, prefix=".merge-") as spill, _database(spill) as database:
        rows = database.read_parquet(files, union_by_name=True, hive_partitioning=False).order(ORDER[name])
        rows.write_parquet(str(path), compression="zstd", row_group_size=delta.ROW_GROUP)
    table = delta.opened(name)
    added = delta.add_action(name, month, path, rows=pq.read_metadata(path).num_rows, new=False)
    removed = [delta.removal(name, month, Path(file)) for file in files]
    table.create_write_transaction([*removed, added], "append", table.schema(), [MONTH])


def _database(spill: str) -> duckdb.DuckDBPyConnection:
    """Sorts more than fits into memory by way of the folder `spill`."""
    limits = {"memory_limit": settings.ENGINE_MEMORY, "threads": settings.ENGINE_THREADS, "temp_directory": spill}
    return duckdb.connect(config=limits)


def delete_unneeded(keep: timedelta) -> int:
    """Delete files that no version needs which is published or younger than `keep`; how many."""
    return sum(len(_vacuumed(delta.opened(name), name, keep)) for name in TABLES if delta.exists(name))


def _vacuumed(table: DeltaTable, name: str, keep: timedelta) -> list[str]:
    """Deletes what left the table, or was never committed to it, before `keep`; what is published stays."""
    recent = LakeSnapshot.objects.filter(created_at__gt=timezone.now() - keep)
    published = [versions.newest(), *recent]
    needed = {snapshot.versions[name] for snapshot in published if snapshot and name in snapshot.versions}
    return table.vacuum(
        retention_hours=int(keep.total_seconds() // 3600),
        keep_versions=sorted(needed),
        enforce_retention_duration=False,
        dry_run=False,
        full=True,
    )
