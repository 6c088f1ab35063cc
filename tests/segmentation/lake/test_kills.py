"""`manage.py lake sync`, killed by the kernel at random moments."""

import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from customers.models import Property
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.selectors import lake_tables
from segmentation.lake.tables import EVENTS, ITEMS
from segmentation.lake.versions import current_source
from tests.segmentation.lake.conftest import order, store
from tests.workers import Process

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 10
BATCHES, ORDERS, LINES = 12, 2_500, 8
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_ten_kills_at_random_moments_lose_nothing_and_double_nothing(
    lake_folder: Path, processes: list[Process]
) -> None:
    seed = int(os.environ.get("SEGTAG_SEED") or time.time_ns() % 1_000_000)
    print(f"seed {seed}")  # SEGTAG_SEED repeats it
    chance = random.Random(seed)
    store(shopping(0))
    for number in range(BATCHES):
        store(*(shopping(number * ORDERS + n) for n in range(ORDERS)))

    whole = measured(lake_folder / "whole", processes)
    LakeSnapshot.objects.all().delete()
    for _ in range(KILLS):
        process = started(lake_folder, processes)
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        process.kill()
        assert all_or_nothing()

    assert started(lake_folder, processes).popen.wait(timeout=120) == 0
    assert sorted(column(EVENTS, "p_total")) == list(range(BATCHES * ORDERS))
    items = list(zip(column(ITEMS, "event_id"), column(ITEMS, "position"), strict=True))
    assert len(items) == len(set(items)) == BATCHES * ORDERS * LINES
    assert Property.objects.get(name="quantity").misfits == BATCHES * ORDERS - 1


def shopping(number: int) -> object:
    lines = [{"sku": f"S{(number + i) % 999}", "quantity": i} for i in range(LINES - 1)]
    odd = {"sku": "odd", "quantity": 1 if number == 0 else "many"}
    at = START + timedelta(minutes=number)
    return order(f"m{number}", f"c{number % 100}", *lines, odd, total=number, at=at)


def started(folder: Path, processes: list[Process]) -> Process:
    processes.append(Process("manage.py", "lake", "sync", "--quiet", SEGTAG_LAKE=str(folder)))
    return processes[-1]


def measured(folder: Path, processes: list[Process]) -> float:
    """Seconds that a sync takes when nobody kills it."""
    start = time.monotonic()
    process = started(folder, processes)
    assert process.popen.wait(timeout=120) == 0, process.said()
    return time.monotonic() - start


def all_or_nothing() -> bool:
    """What readers see: nothing yet, or everything."""
    rows = {table.name: table.rows for table in lake_tables()}
    return not rows or (rows[EVENTS], rows[ITEMS]) == (BATCHES * ORDERS, BATCHES * ORDERS * LINES)


def column(table: str, name: str) -> list:
    return [value for path in current_source().tables[table] for value in pq.read_table(path)[name].to_pylist()]
