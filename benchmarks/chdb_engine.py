"""ClickHouse's engine in this process (chdb), over MergeTree tables ordered by event, day and customer.

Not among the requirements: `pip install -r requirements-bench.txt`.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.questions import Leaf
from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, ITEMS, Source

DAY = "toDate(time, 'Asia/Shanghai')"
TEXT = "LowCardinality(String)"
TABLES = {
    EVENTS: (
        f"customer_id UInt32, event {TEXT}, time DateTime64(6, 'UTC'), p_total Nullable(Float64), p_channel {TEXT}",
        "event, toDate(time), customer_id",
    ),
    ITEMS: (
        f"event_id UInt64, customer_id UInt32, event {TEXT}, time DateTime64(6, 'UTC'), sku {TEXT}, name {TEXT}, "
        f"category {TEXT}, p_amount Float64",
        "event, toDate(time), customer_id",
    ),
    CUSTOMERS: ("customer_id UInt32, t_age Float64", "customer_id"),
    FEATURES: ("customer_id UInt32, monetary Float64", "customer_id"),
}


@contextmanager
def loaded(source: Source, folder: Path) -> Iterator[Callable[[Leaf], int] | None]:
    """Asks how many customers a leaf's SQL finds; None if chdb is not installed."""
    try:
        from chdb.session import Session  # noqa: PLC0415 (not everybody has it)
    except ImportError:
        yield None
        return
    place = folder / "chdb"
    shutil.rmtree(place, ignore_errors=True)
    session = Session(str(place))
    try:
        session.query("CREATE DATABASE bench")
        for table, (columns, order) in TABLES.items():
            names = ", ".join(column.split()[0] for column in _split(columns))
            session.query(f"CREATE TABLE bench.{table} ({columns}) ENGINE = MergeTree ORDER BY ({order})")
            for path in source.tables[table]:
                session.query(f"INSERT INTO bench.{table} SELECT {names} FROM file('{path}', Parquet)")
            session.query(f"OPTIMIZE TABLE bench.{table} FINAL")

        def ask(leaf: Leaf) -> int:
            sql = leaf.sql.format(day=DAY)
            for table in TABLES:
                sql = sql.replace(f"FROM {table}", f"FROM bench.{table}")
            # `+08` is not read beside a DateTime64; the instant is said outright.
            sql = sql.replace("time >= '", "time >= parseDateTimeBestEffort('").replace(
                "time < '", "time < parseDateTimeBestEffort('"
            )
            sql = sql.replace("+08'", "+08:00')")
            settings = "SETTINGS max_threads = 2, max_memory_usage = 6000000000"
            return int(str(session.query(f"SELECT count() FROM ({sql}) {settings}", "TSV")).strip())

        yield ask
    finally:
        session.close()
        shutil.rmtree(place, ignore_errors=True)


def _split(columns: str) -> list[str]:
    """The columns of a definition; types hold commas of their own."""
    parts: list[str] = []
    for part in columns.split(", "):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    return parts
