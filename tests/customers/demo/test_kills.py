"""`manage.py load_demo`, killed by the kernel at random moments."""

import os
import random
import time

import pytest

from customers.models import ImportBatch
from tests.customers.demo.truth import assert_loaded_once
from tests.workers import Process, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KILLS = 10
# All 2,469 with SEGTAG_KILL_HOUSEHOLDS=0; the same code runs, only longer.
HOUSEHOLDS = int(os.environ.get("SEGTAG_KILL_HOUSEHOLDS", "600")) or None


def test_ten_kills_at_random_moments_lose_nothing_and_double_nothing(processes: list[Process]) -> None:
    seed = int(os.environ.get("SEGTAG_SEED") or time.time_ns() % 1_000_000)
    print(f"seed {seed}")  # SEGTAG_SEED repeats it
    chance = random.Random(seed)
    reached = []
    for _ in range(KILLS):
        process, before = started(processes), rows_read()
        wait_until(lambda process=process, before=before: went_on(process, before), seconds=120)
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        reached.append(rows_read())

    assert started(processes).popen.wait(timeout=300) == 0
    assert len(set(reached)) > KILLS // 2, "the kills came too late to prove anything"
    assert_loaded_once(HOUSEHOLDS)


def started(processes: list[Process]) -> Process:
    options = [f"--households={HOUSEHOLDS}"] if HOUSEHOLDS else []
    processes.append(Process("manage.py", "load_demo", "--quiet", *options))
    return processes[-1]


def went_on(process: Process, before: int) -> bool:
    return rows_read() > before or process.popen.poll() is not None


def rows_read() -> int:
    return ImportBatch.objects.values_list("rows_read", flat=True).first() or 0
