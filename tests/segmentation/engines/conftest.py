"""What the tests of engines share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from segmentation.engines.base import Limits
from segmentation.engines.duckdb import DuckDB
from segmentation.engines.memory import Memory
from segmentation.lake.tables import Source
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds

AS_OF = datetime.fromisoformat("2026-03-17T09:00:00+08:00")


@pytest.fixture
def duckdb(tmp_path: Path) -> Iterator[DuckDB]:
    with opened(tmp_path) as engine:
        yield engine


@pytest.fixture
def by_sql(tmp_path: Path) -> Iterator[DuckDB]:
    """A DuckDB that keeps no columns in memory: all its answers come by SQL."""
    with opened(tmp_path, columns=0) as engine:
        yield engine


@contextmanager
def opened(folder: Path, columns: int = 100_000_000) -> Iterator[DuckDB]:
    """A DuckDB engine that is gone in the end."""
    engine = DuckDB(Limits(folder, columns=columns))
    yield engine
    while engine._database._opened:
        engine._database._opened.popitem()[1].close()


@pytest.fixture
def ask(tmp_path: Path, duckdb: DuckDB, by_sql: DuckDB) -> Callable[..., list[int]]:
    """Asks DuckDB one condition of a shop, after making sure that the plain meaning says the same."""

    def asked(leaf: dict[str, Any], shop: worlds.Shop, source: Source | None = None) -> list[int]:
        rule = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
        about = {"as_of": AS_OF, "source": source or worlds.write(shop, tmp_path), "references": shop.references}
        found = duckdb.members(rule, **about)
        assert found == by_sql.members(rule, **about) == Memory().members(rule, **about)
        return list(found)

    return asked


def shop_of(*traits: dict[str, Any]) -> worlds.Shop:
    """Customers 1, 2, 3 … with these traits, by lake column."""
    fixed = {"first_seen": AS_OF, "identified": True, "reachable": ["marketing:email"]}
    customers = [
        {"customer_id": number, "external_id": f"C{number}", **fixed, **values}
        for number, values in enumerate(traits, start=1)
    ]
    return worlds.Shop(customers=customers)


def with_events(shop: worlds.Shop, *events: dict[str, Any]) -> worlds.Shop:
    """The shop with events: `customer_id` and lake columns, an hour before the moment unless they say when."""
    for event in events:
        fixed = {
            "event_id": len(shop.events) + 1,
            "event": "Order",
            "time": (AS_OF - timedelta(hours=1)).astimezone(UTC),
        }
        shop.events.append({**fixed, **event})
    return shop
