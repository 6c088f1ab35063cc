"""A small installation whose worker, pool child, beat and broker are killed at random while somebody reads.

Like systemd or Docker, it starts again what ends by itself; `fallen` says how often that was needed.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connections

from segmentation.sets.models import NamedSet
from segmentation.sets.store import as_kept
from tests.broker import Broker
from tests.workers import Process, celery_worker

SLOW = "tests.segmentation.runs.slow"
LEASE = {"SEGTAG_TEST_LEASE": "5"}
# Seconds that a frozen child sleeps: longer than its lease, so that the sweep (each 10 s) has given its run to another.
SLEEP = 17
PARTS = 4
EVERYBODY = 1000


class Reader:
    """Looks at all sets every 50 ms; `wrong` is what it saw that was half, mixed or empty."""

    def __init__(self) -> None:
        self.looks = 0
        self.wrong: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        try:
            while not self._stop.wait(0.05):
                self._look()
        finally:
            connections.close_all()

    def _look(self) -> None:
        seen: dict[str, list[NamedSet]] = {}
        for one in NamedSet.objects.filter(kind="tag_value", current__isnull=False).select_related("current"):
            seen.setdefault(one.key, []).append(one)
        self.looks += 1
        for key, parts in seen.items():
            kept = [as_kept(one.current) for one in parts if one.current]
            runs = {one.current.run_id for one in parts if one.current}
            if sum(map(len, kept)) != EVERYBODY or len(kept) != PARTS or len(runs) != 1:
                self.wrong.append(f"{key}: {[len(part) for part in kept]} of {len(runs)} runs")


class Installation:
    """Two workers, a beat and the broker; `strike` kills one of them with SIGKILL, `tend` keeps them going."""

    def __init__(self, broker: Broker, processes: list[Process], seed: int) -> None:
        self.broker = broker
        self.processes = processes
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.fallen: Counter[str] = Counter()
        self.frozen: dict[int, float] = {}  # when each sleeping child is to be woken
        self.workers = [self._started(self._worker), self._started(self._worker)]
        self.beat = self._started(self._beat)

    def strike(self, victim: str) -> None:
        """As the kernel does when memory runs out, without a word."""
        place = self.chance.randrange(len(self.workers))
        if victim == "worker":  # its pool child lives on as an orphan and may still try to commit
            os.kill(self.workers[place].popen.pid, signal.SIGKILL)
            self.workers[place].popen.wait()
            self.workers[place] = self._started(self._worker)
        elif victim == "child":
            children = _children(self.workers[place].popen.pid)
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(children), signal.SIGKILL)
        elif victim == "beat":
            self.beat.kill()
            self.beat = self._started(self._beat)
        else:
            self.broker.kill()
            time.sleep(self.chance.random())
            self.broker.start()
        self.kills[victim] += 1

    def freeze(self) -> None:
        """A pool child sleeps past its lease, as on a machine that swaps, until `tend` wakes it."""
        children = _children(self.chance.choice(self.workers).popen.pid)
        with suppress(ProcessLookupError):
            os.kill(child := self.chance.choice(children), signal.SIGSTOP)
            self.frozen[child] = time.monotonic() + SLEEP

    def tend(self) -> bool:
        """Start what has ended by itself, wake who has slept enough; true when every worker has a child to kill."""
        for child in [child for child, until in self.frozen.items() if until < time.monotonic()]:
            del self.frozen[child]
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGCONT)
        for place, worker in enumerate(self.workers):
            if worker.popen.poll() is not None:
                self.fallen["worker"] += 1
                self.workers[place] = self._started(self._worker)
        if self.beat.popen.poll() is not None:
            self.fallen["beat"] += 1
            self.beat = self._started(self._beat)
        return all(_children(worker.popen.pid) for worker in self.workers)

    def said(self, word: str) -> int:
        """How many lines of all logs hold this word."""
        return sum(word in line for process in self.processes for line in process.said().splitlines())

    def _started(self, make: Callable[[], Process]) -> Process:
        self.processes.append(make())
        return self.processes[-1]

    def _worker(self) -> Process:
        return celery_worker(SLOW, **LEASE)

    def _beat(self) -> Process:
        schedule = Path(settings.VAR_DIR) / f"beat-{time.monotonic_ns()}"
        return Process("-m", "celery", "-A", "segtag_site", "beat", f"--schedule={schedule}", "--pidfile=", **LEASE)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def end_all(processes: list[Process]) -> None:
    """Every process and the pool children of killed workers, which are still in the worker's process group."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.popen.pid, signal.SIGKILL)
        process.popen.wait(timeout=10)


def left_behind(processes: list[Process]) -> list[str]:
    """What still runs in the groups of these processes, by command; what has ended and waits for init is nothing."""
    groups = {process.popen.pid for process in processes}
    return [command for group, command in _running() if group in groups]


def _running() -> Iterator[tuple[int, str]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = stat.read_text().rpartition(") ")
            state, _parent, group, *_ = rest.split()
            if state != "Z":
                yield int(group), name
