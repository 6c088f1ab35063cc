"""`manage.py lake sync`, killed by the kernel at random moments."""

import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from customers.models import Property
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.tables import EVENTS, ITEMS
from tests.segmentation.lake.conftest import order, read, store
from tests.workers import Process

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 10
BATCHES, ORDERS, LINES = 16, 2_500, 8
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_ten_kills_at_random_moments_lose_nothing_and_double_nothing(
    lake_folder: Path, processes: list[Process]
) -> None:
    seed = int(os.environ.get("SEGTAG_SEED") or time.time_ns() % 1_000_000)
    print(f"seed {seed}")  # SEGTAG_SEED repeats it
    chance = random.Random(seed)
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
    assert sorted(row["p_total"] for row in read(EVENTS)) == list(range(BATCHES * ORDERS))
    items = [(row["event_id"], row["position"]) for row in read(ITEMS)]
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
    if not LakeSnapshot.objects.exists():
        return True
    return len(read(EVENTS)) * LINES == len(read(ITEMS))
