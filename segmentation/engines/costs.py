"""What a question will take, by what questions of its kind took so far: seconds for each row that is looked into."""

from collections.abc import Callable
from threading import Lock
from time import perf_counter
from typing import TypeVar

Thing = TypeVar("Thing")
COLUMNS = "columns"
# Seconds a row until the first question of a kind is measured: columns in memory, SELECTs, and SELECTs that sort.
FIRST = {COLUMNS: 2e-8, "Search": 5e-8}
OTHERS = 1e-6
# How much the newest measurement counts; the slower of two kinds of days is not forgotten at once.
NEWEST = 0.5
# Fewer rows say more about what every question takes than about rows.
LEAST_ROWS = 100_000
# What is quicker teaches nothing about what takes long.
LEAST_SECONDS = 0.005


class Costs:
    """Learns from each question; may be asked from several threads."""

    def __init__(self) -> None:
        self._per_row: dict[str, float] = {}
        self._lock = Lock()

    def seconds(self, way: str, rows: int) -> float:
        """What a question will take that is answered in this way over so many rows."""
        with self._lock:
            return rows * self._per_row.get(way, FIRST.get(way, OTHERS))

    def timed(self, way: str, rows: Callable[[], int], work: Callable[[], Thing]) -> Thing:
        """What the work makes; how long it took is remembered."""
        start = perf_counter()
        made = work()
        took = perf_counter() - start
        if took >= LEAST_SECONDS and (looked_into := rows()) >= LEAST_ROWS:
            self._note(way, took / looked_into)
        return made

    def _note(self, way: str, per_row: float) -> None:
        with self._lock:
            before = self._per_row.get(way, per_row)
            self._per_row[way] = NEWEST * per_row + (1 - NEWEST) * before
