"""Claim: a condition of a rule costs little more than the SQL that one would write by hand for it.

Asked of ten demo shops side by side: 14.7 M order lines of 24,690 customers.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
from django.conf import settings
from pyroaring import BitMap

from benchmarks.claims import Claim, at_most
from benchmarks.many_shops import many_shops
from segmentation.engines.base import Engine, Limits
from segmentation.engines.duckdb import DuckDB
from segmentation.lake.tables import EVENTS, FEATURES, ITEMS, Source
from segmentation.lake.versions import current_source
from segmentation.rules.nodes import Rule
from segmentation.sets.answers import check

SHOPS = 10
# What a general question may cost over one made for the purpose: sums are exact, whatever the order of adding.
MOST = 1.5
ORDER = "Order Completed"


@dataclass(frozen=True)
class Leaf:
    """A condition, and the SELECT that finds the same customers; `since` and `today` are the midnights it speaks of."""

    name: str
    condition: dict[str, Any]
    sql: str
    complement: bool = False


def orders(measure: dict[str, Any], op: str, value: float, days: int, where: dict[str, Any] | None = None) -> dict:
    leaf = {"event": ORDER, "measure": measure, "op": op, "value": value, "window": {"past_days": days}}
    return leaf | ({"where": {"all": [where]}} if where else {})


def items(measure: dict[str, Any], op: str, value: float, days: int, category: str) -> dict:
    where = {"all": [{"property": "category", "op": "is", "value": category}]}
    window = {"past_days": days}
    return {"items_of": ORDER, "where": where, "measure": measure, "op": op, "value": value, "window": window}


PAST = f"event = '{ORDER}' AND time >= {{since}} AND time < {{today}}"
LEAVES = [
    Leaf(
        "3 orders of more than 50 in 90 days",
        orders({"count": True}, "at_least", 3, 90, {"property": "total", "op": "more_than", "value": 50}),
        f"SELECT customer_id FROM events WHERE {PAST} AND p_total > 50 GROUP BY 1 HAVING count(*) >= 3",
    ),
    Leaf(
        "500 spent in 180 days",
        orders({"sum": "total"}, "at_least", 500, 180),
        f"SELECT customer_id FROM events WHERE {PAST} GROUP BY 1 HAVING sum(p_total) >= 500",
    ),
    Leaf(
        "average order of 40 in a year",
        orders({"average": "total"}, "at_least", 40, 365),
        f"SELECT customer_id FROM events WHERE {PAST} GROUP BY 1 HAVING avg(p_total) >= 40",
    ),
    Leaf(
        "no order in 30 days",
        orders({"count": True}, "at_most", 0, 30),
        f"SELECT DISTINCT customer_id FROM events WHERE {PAST}",
        complement=True,
    ),
    Leaf(
        "20 items of a category in 90 days",
        items({"count": True}, "at_least", 20, 90, "MEAT"),
        f"SELECT customer_id FROM items WHERE {PAST} AND category = 'MEAT' GROUP BY 1 HAVING count(*) >= 20",
    ),
    Leaf(
        "100 spent on a category in a year",
        items({"sum": "amount"}, "at_least", 100, 365, "PRODUCE"),
        f"SELECT customer_id FROM items WHERE {PAST} AND category = 'PRODUCE' GROUP BY 1 HAVING sum(p_amount) >= 100",
    ),
    Leaf(
        "30 different products of a category in a year",
        items({"distinct": "sku"}, "at_least", 30, 365, "GROCERY"),
        f"SELECT customer_id FROM items WHERE {PAST} AND category = 'GROCERY' GROUP BY 1 "
        "HAVING count(DISTINCT sku) >= 30",
    ),
    Leaf(
        "monetary of 2,000",
        {"feature": "monetary", "op": "at_least", "value": 2000},
        "SELECT customer_id FROM features WHERE monetary >= 2000",
    ),
]


def claims(folder: Path, repeat: int) -> Iterator[Claim]:
    """For each leaf, the engine's time over that of the SQL, measured in turns; neither has the answer already."""
    source, as_of = many_shops(current_source(), folder / "many", SHOPS), datetime.now(ZoneInfo(settings.TIME_ZONE))
    seconds = []
    for leaf in LEAVES:
        rule = check({"version": 1, "rule": {"all": [leaf.condition]}})
        times = [_times(leaf, rule, source, as_of, folder) for _ in range(max(repeat, 5))]
        seconds.append(median(by_engine for by_engine, _ in times))
        ratios = [by_engine / by_hand for by_engine, by_hand in times]
        yield at_most(f"leaf against SQL by hand: {leaf.name}", MOST, "times", ratios)
    yield at_most("one leaf over 14.7 M order lines, in the middle of these", 0.3, "s", seconds)


def _times(leaf: Leaf, rule: Rule, source: Source, as_of: datetime, folder: Path) -> tuple[float, float]:
    engine, database = _fresh_engine(source, as_of, folder), _fresh_database(source)
    by_engine, members = _timed(lambda: engine.members(rule, as_of=as_of, source=source, references={}))
    by_hand, found = _timed(lambda: _by_hand(database, leaf, as_of, source))
    assert members == found, f"{leaf.name}: {len(members)} by the engine, {len(found)} by hand"
    return by_engine, by_hand


def _timed(work: Callable[[], BitMap]) -> tuple[float, BitMap]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _fresh_engine(source: Source, as_of: datetime, folder: Path) -> Engine:
    """An engine that has seen this lake but not this question."""
    engine = DuckDB(Limits(folder, settings.ENGINE_MEMORY, settings.ENGINE_THREADS))
    engine.members(check(_WARM_UP), as_of=as_of, source=source, references={})
    return engine


def _fresh_database(source: Source) -> duckdb.DuckDBPyConnection:
    """A database that knows the same files by name and has read their footers."""
    database = duckdb.connect(config={"threads": settings.ENGINE_THREADS, "memory_limit": settings.ENGINE_MEMORY})
    database.execute("SET parquet_metadata_cache = true")
    for table in (EVENTS, ITEMS, FEATURES):
        database.read_parquet(list(source.tables[table]), union_by_name=True).create_view(table)
        database.execute(f"SELECT count(customer_id) FROM {table}").fetchall()
    return database


# Reads a little of each table.
_WARM_UP = {
    "version": 1,
    "rule": {
        "any": [
            orders({"count": True}, "at_least", 1, 1),
            items({"count": True}, "at_least", 1, 1, "MEAT"),
            {"feature": "frequency", "op": "at_least", "value": 1_000_000},
        ]
    },
}


def _by_hand(database: duckdb.DuckDBPyConnection, leaf: Leaf, as_of: datetime, source: Source) -> BitMap:
    today = as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    days = leaf.condition.get("window", {}).get("past_days", 0)
    bounds = {"today": f"TIMESTAMPTZ '{today}'", "since": f"TIMESTAMPTZ '{today - timedelta(days=days)}'"}
    ids = database.execute(leaf.sql.format(**bounds)).fetchnumpy()["customer_id"]
    found = BitMap(np.asarray(ids, dtype=np.uint32))
    return everybody(database, source) - found if leaf.complement else found


def everybody(database: duckdb.DuckDBPyConnection, source: Source) -> BitMap:
    ids = database.read_parquet(list(source.tables["customers"])).project("customer_id").fetchnumpy()["customer_id"]
    return BitMap(np.asarray(ids, dtype=np.uint32))
