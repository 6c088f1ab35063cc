"""Every metric: its SQL says what its Python says, in the window and nowhere else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentation import engines
from segmentation.lake.tables import CUSTOMERS, EVENTS, FIXED, Source
from segmentation.measurement.catalog import all_metrics
from segmentation.measurement.query import CUSTOMER, metric_query
from segmentation.profiles.features.base import Order
from segmentation.profiles.relations import ORDER

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=14)
SECOND = timedelta(seconds=1)
# By customer: times and totals of their orders.
SHOP: dict[int, list[tuple[datetime, float | None]]] = {
    1: [(START + SECOND, 10.0), (END, 5.5)],
    2: [(START, 99.0), (END + SECOND, 99.0)],
    3: [(START + timedelta(days=3), None)],
    4: [],
}
# The value of each metric for customer 1, and for customer 3.
CASES = {"conversion": (1, 1), "orders": (2, 1), "repeat": (1, 0), "revenue": (15.5, 0)}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Source:
    folder: Path = tmp_path_factory.mktemp("lake")
    rows = [(customer, time, total) for customer, orders in SHOP.items() for time, total in orders]
    events = pa.table(
        {
            "event_id": range(len(rows)),
            "customer_id": pa.array([row[0] for row in rows], pa.int32()),
            "event": [ORDER] * len(rows),
            "time": pa.array([row[1] for row in rows], pa.timestamp("us", "UTC")),
            "p_total": pa.array([row[2] for row in rows], pa.float64()),
        }
    )
    customers = pa.table({"customer_id": pa.array(SHOP, pa.int32())})
    tables = {}
    for name, table in ((EVENTS, events), (CUSTOMERS, customers)):
        pq.write_table(table, folder / f"{name}.parquet")
        tables[name] = (str(folder / f"{name}.parquet"),)
    schemas = {name: FIXED[name] for name in FIXED} | {EVENTS: events.schema}
    return Source(1, tables | {"items": (), "features": ()}, {tables[EVENTS][0]: "2026-03"}, schemas)


def answered(source: Source, **window) -> dict[int, dict[str, float]]:
    query = metric_query(all_metrics(), orders={"total": "p_total"}, **window)
    engine = engines.load("duckdb", engines.Limits(folder=Path(source.tables[EVENTS][0]).parent))
    rows = engine.query(query, source).to_pylist()
    return {row.pop(CUSTOMER): row for row in rows}


def test_sql_and_python_agree_on_what_is_inside_the_window(source) -> None:
    found = answered(source, start=START, end=END.astimezone(ZoneInfo("Asia/Shanghai")))

    assert set(CASES) == set(all_metrics())
    for key, metric in all_metrics().items():
        for customer, orders in SHOP.items():
            inside = [Order(n, t, total) for n, (t, total) in enumerate(orders) if START < t <= END]
            assert found[customer][key] == (metric.meaning(inside) if inside else 0), (key, customer)
        assert (found[1][key], found[3][key]) == CASES[key]


def test_what_came_before_ends_where_the_window_begins(source) -> None:
    end = START.astimezone(ZoneInfo("Asia/Shanghai"))
    found = answered(source, start=START - timedelta(days=1), end=end, before=True)
    assert found[1]["orders"] == found[2]["orders"] == 0
    found = answered(source, start=START, end=(END + SECOND).astimezone(ZoneInfo("Asia/Shanghai")), before=True)
    assert (found[1]["orders"], found[2]["orders"]) == (2, 1)


def test_every_metric_has_words_in_both_languages() -> None:
    for metric in all_metrics().values():
        assert all((metric.name_zh, metric.name_en, metric.description_zh, metric.description_en))
        assert metric.format in {"share", "amount", "number"}
