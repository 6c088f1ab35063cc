"""Claim: the demo's shop is in database and lake quickly, and in little memory."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.claims import Claim, at_least, at_most
from benchmarks.processes import Measured, manage

ORDER_LINES = 1_469_307


def claims(folder: Path, repeat: int) -> Iterator[Claim]:
    """Loads and copies the shop `repeat` times, each time from nothing; the last one stays in `folder`."""
    loads, syncs = zip(*(_once(folder, number, repeat) for number in range(repeat)), strict=True)
    rates = [ORDER_LINES / (load.seconds + sync.seconds) for load, sync in zip(loads, syncs, strict=True)]
    yield at_least("load the demo into database and lake", 40_000, "order lines/s", rates)
    yield at_most("copy 1.47 M order lines into the lake", 20, "s", [sync.seconds for sync in syncs])
    yield at_most("peak memory of loading", 1500, "MB", [load.megabytes for load in loads])
    yield at_most("peak memory of copying", 1500, "MB", [sync.megabytes for sync in syncs])


def _once(folder: Path, number: int, repeat: int) -> tuple[Measured, Measured]:
    place = folder / ("shop" if number == repeat - 1 else f"shop-{number}")
    environment = {"SEGTAG_VAR": str(place), "SEGTAG_DEMO": "1", "DATABASE_URL": f"sqlite:///{place}/segtag.sqlite3"}
    manage("migrate", "-v0", environment=environment)
    return (
        manage("load_demo", "--quiet", environment=environment),
        manage("lake", "sync", "--quiet", environment=environment),
    )
