"""The demo's lake several times side by side: more customers, each buying as one of the demo's does."""

from pathlib import Path

import duckdb

from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, ITEMS, Source

ORDER = {EVENTS: "event, customer_id, time", ITEMS: "event, customer_id, time, event_id, position"}


def many_shops(source: Source, folder: Path, times: int) -> Source:
    """A lake in `folder` with each customer `times` times; files lie as the lake's own do."""
    months: dict[str, str] = {}
    tables: dict[str, tuple[str, ...]] = {}
    for table in (CUSTOMERS, FEATURES, EVENTS, ITEMS):
        (folder / table).mkdir(parents=True)
        files: dict[str, list[str]] = {}
        for path in source.tables[table]:
            files.setdefault(source.months.get(path, "all"), []).append(path)
        written = {month: folder / table / f"{month}.parquet" for month in files}
        for month, path in written.items():
            _multiply(files[month], path, times, ORDER.get(table, "customer_id"))
        tables[table] = tuple(str(path) for path in written.values())
        months |= {str(path): month for month, path in written.items() if month != "all"}
    return Source(version=source.version, tables=tables, months=months, schemas=source.schemas)


def _multiply(files: list[str], path: Path, times: int, order: str) -> None:
    database = duckdb.connect()
    rows = database.read_parquet(files, union_by_name=True, hive_partitioning=False)
    copies = rows.cross(database.sql(f"SELECT range AS copy FROM range({times})"))
    # Ids of the demo stay below 100,000.
    renamed = copies.project("* EXCLUDE (copy) REPLACE (customer_id + copy * 100000 AS customer_id)")
    renamed.order(order).write_parquet(str(path), compression="zstd")
