"""PostgreSQL with the indexes that the questions ask for: a cluster of its own, on loopback, thrown away after."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import psycopg

from benchmarks.questions import Leaf
from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, ITEMS, Source

PORT = 54391
DAY = "((time AT TIME ZONE 'Asia/Shanghai')::date)"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "port": PORT,
    "shared_buffers": "3GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "fsync": "off",
    "full_page_writes": "off",
    "random_page_cost": 1.1,
    "effective_cache_size": "5GB",
    "jit": "off",
}
COLUMNS = {
    EVENTS: "customer_id integer, event text, time timestamptz, p_total float8, p_channel text",
    ITEMS: "event_id bigint, customer_id integer, event text, time timestamptz, sku text, name text, category text, "
    "p_amount float8",
    CUSTOMERS: "customer_id integer, t_age float8",
    FEATURES: "customer_id integer, monetary float8",
}
INDEXES = (
    "events (event, time) INCLUDE (customer_id, p_total, p_channel)",
    "events (customer_id, event, time)",
    "items (event, time) INCLUDE (customer_id, category, sku, name, p_amount, event_id)",
    "items (event, category, time) INCLUDE (customer_id, sku, p_amount)",
    "customers (t_age) INCLUDE (customer_id)",
    "features (monetary) INCLUDE (customer_id)",
)


@contextmanager
def loaded(source: Source, folder: Path) -> Iterator[Callable[[Leaf], int] | None]:
    """Asks how many customers a leaf's SQL finds; None if PostgreSQL is not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        yield None
        return
    connected = partial(psycopg.connect, host="127.0.0.1", port=PORT, user="bench", dbname="postgres", autocommit=True)
    with (
        TemporaryDirectory(prefix="segtag-bench-postgres-") as place,
        _cluster(programs[-1], Path(place)),
        connected() as connection,
    ):
        for table, columns in COLUMNS.items():
            _load(connection, source, table, columns, Path(place))
        for index in INDEXES:
            connection.execute(f"CREATE INDEX ON {index}")
        connection.execute("VACUUM ANALYZE")

        def ask(leaf: Leaf) -> int:
            row = connection.execute(f"SELECT count(*) FROM ({leaf.sql.format(day=DAY)}) AS found").fetchone()
            return row[0] if row else 0

        yield ask


def _load(connection: psycopg.Connection, source: Source, table: str, columns: str, place: Path) -> None:
    names = ", ".join(column.split()[0] for column in columns.split(", "))
    connection.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")
    csv = place / "rows.csv"
    for path in source.tables[table]:
        duckdb.sql(f"COPY (SELECT {names} FROM '{path}') TO '{csv}' (HEADER false)")
        with csv.open("rb") as file, connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
            while block := file.read(1 << 20):
                copy.write(block)
    csv.unlink()


@contextmanager
def _cluster(programs: Path, place: Path) -> Iterator[None]:
    """A server that runs as long as it is asked. PostgreSQL refuses to run as root, so root lends it another user."""
    data = place / "data"
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if _is_root() else []
    if as_user:
        shutil.chown(place, "postgres")
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    _run([*as_user, str(programs / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust"])
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log")]
    _run([*control, "-o", f"{options} -k {place}", "start"])
    try:
        yield
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _is_root() -> bool:
    return Path("/proc/self").stat().st_uid == 0


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
