"""A lake of any size, made up: events of two years that many customers, few of them busy, did in a shop.

Files lie as the lake's own do: one per month, sorted by event, customer and time.
"""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, FIXED, ITEMS, Source
from segmentation.rules.catalog import NUMBER, TEXT, Catalog, Event, Field, Group

AS_OF = datetime.fromisoformat("2026-03-17T09:00:00+08:00")
FIRST_MONTH = date(2024, 4, 1)
MONTHS = 24
EVENTS_PER_CUSTOMER = 50
VIEW, ADD, ORDER = "Product Viewed", "Product Added", "Order Completed"
CATALOG = Catalog(
    traits={"age": Field("age", NUMBER, "t_age")},
    features={"monetary": Field("monetary", NUMBER, "monetary")},
    events={
        VIEW: Event(VIEW, properties={"channel": Field("channel", TEXT, "p_channel")}),
        ADD: Event(ADD, properties={"channel": Field("channel", TEXT, "p_channel")}),
        ORDER: Event(
            ORDER,
            properties={"total": Field("total", NUMBER, "p_total"), "channel": Field("channel", TEXT, "p_channel")},
            item_properties={
                "sku": Field("sku", TEXT, "sku"),
                "category": Field("category", TEXT, "category"),
                "name": Field("name", TEXT, "name"),
                "amount": Field("amount", NUMBER, "p_amount"),
            },
        ),
    },
    segments={f"segment-{number}": Group(f"segment-{number}") for number in range(500)},
)
_NUMBER = pa.float64()
SCHEMAS = {
    CUSTOMERS: pa.schema([*FIXED[CUSTOMERS], pa.field("t_age", _NUMBER)]),
    FEATURES: pa.schema([*FIXED[FEATURES], pa.field("monetary", _NUMBER)]),
    EVENTS: pa.schema([*FIXED[EVENTS], pa.field("p_total", _NUMBER), pa.field("p_channel", pa.string())]),
    ITEMS: pa.schema([*FIXED[ITEMS], pa.field("p_amount", _NUMBER)]),
}
# `chance(i, k)`: the k-th number between 0 and 1 of row i, the same every time.
CHANCE = "CREATE MACRO chance(i, k) AS (hash(i * 64 + k) % 1000003) / 1000003.0"
EVENT_ROWS = f"""
SELECT $first_id + range AS event_id,
    (1 + floor($customers * chance($first_id + range, 1) ^ 2))::INT AS customer_id,
    CASE WHEN chance($first_id + range, 2) < 0.62 THEN '{VIEW}'
         WHEN chance($first_id + range, 2) < 0.86 THEN '{ADD}' ELSE '{ORDER}' END AS event,
    make_timestamptz(($start + chance($first_id + range, 3) * ($stop - $start))::BIGINT) AS time,
    CASE WHEN event = '{ORDER}' THEN round(5 + 60 * -ln(1 - chance($first_id + range, 4)), 2) END AS p_total,
    ['web', 'app', 'store', 'partner'][(1 + floor(4 * chance($first_id + range, 5) ^ 1.5))::INT] AS p_channel
FROM range($rows)"""
ITEM_ROWS = f"""
SELECT event_id, customer_id, event, time, position::INT AS position,
    'sku-' || product AS sku, ['organic ', 'plain ', 'small ', 'large '][product % 4 + 1] || product AS name,
    CASE WHEN product % 100 < 45 THEN 'GROCERY' ELSE 'category ' || product % 11 END AS category,
    category || ' / ' || product % 40 AS category_path, 'brand ' || product % 300 AS brand,
    round(1 + 20 * chance(event_id * 8 + position, 7), 2) AS p_amount
FROM (SELECT *, floor(20000 * chance(event_id * 8 + position, 6) ^ 1.3)::INT AS product
      FROM events, range(1 + (5 * chance(event_id, 8))::INT) AS positions(position) WHERE event = '{ORDER}')"""


def made_lake(folder: Path, events: int) -> Source:
    """The lake of so many events in `folder`, made there unless it is there already."""
    customers = events // EVENTS_PER_CUSTOMER
    if not (folder / "made").exists():
        _make(folder, events, customers)
        (folder / "made").touch()
    files = {table: sorted((folder / table).glob("*.parquet")) for table in SCHEMAS}
    months = {str(path): path.stem for table in (EVENTS, ITEMS) for path in files[table]}
    tables = {table: tuple(map(str, paths)) for table, paths in files.items()}
    return Source(version=1, tables=tables, months=months, schemas=SCHEMAS)


def _make(folder: Path, events: int, customers: int) -> None:
    for table in SCHEMAS:
        (folder / table).mkdir(parents=True, exist_ok=True)
    database = duckdb.connect(config={"threads": 2, "memory_limit": "3GB", "temp_directory": str(folder / "spill")})
    database.execute("SET TimeZone = 'UTC'")
    database.execute(CHANCE)
    per_month = events // MONTHS
    for number in range(MONTHS):
        make_month(database, folder, month_after_first(number), per_month, customers, first_id=number * per_month)
    age = "floor(18 + 60 * chance(range, 9))"
    people = (
        f"SELECT (range + 1)::INT AS customer_id, 'C' || range AS external_id, TIMESTAMPTZ '{AS_OF}' AS first_seen, "
        f"chance(range, 10) < 0.5 AS identified, NULL::VARCHAR[] AS reachable, {age} AS t_age FROM range({customers})"
    )
    database.execute(f"COPY ({people}) TO '{folder}/customers/all.parquet' (COMPRESSION zstd)")
    spent = (
        f"SELECT customer_id, TIMESTAMPTZ '{AS_OF}' AS as_of, sum(p_total) AS monetary "
        f"FROM read_parquet('{folder}/events/*.parquet') WHERE event = '{ORDER}' GROUP BY ALL ORDER BY 1"
    )
    database.execute(f"COPY ({spent}) TO '{folder}/features/all.parquet' (COMPRESSION zstd)")


def make_month(
    database: duckdb.DuckDBPyConnection, folder: Path, month: date, rows: int, customers: int, *, first_id: int
) -> None:
    """The files of one month."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    start, stop = (int(datetime.fromisoformat(f"{day}T00:00+00:00").timestamp() * 1e6) for day in (month, after))
    given = {"first_id": first_id, "customers": customers, "start": start, "stop": stop - 1, "rows": rows}
    made = EVENT_ROWS
    for name, value in given.items():
        made = made.replace(f"${name}", str(value))
    database.execute(f"CREATE OR REPLACE TEMP TABLE events AS {made}")
    name = f"{month:%Y-%m}.parquet"
    written = "(COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
    database.execute(
        f"COPY (FROM events ORDER BY event, customer_id, time, event_id) TO '{folder}/events/{name}' {written}"
    )
    database.execute(
        f"COPY ({ITEM_ROWS} ORDER BY event, customer_id, time, event_id, position) TO '{folder}/items/{name}' {written}"
    )


def month_after_first(number: int) -> date:
    months = FIRST_MONTH.year * 12 + FIRST_MONTH.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def rows(source: Source, table: str) -> int:
    """How many rows a table of the lake has."""
    return sum(pq.read_metadata(path).num_rows for path in source.tables[table])
