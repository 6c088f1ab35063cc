"""Runs in real worker processes that are killed, frozen and left without their broker."""

import signal
from pathlib import Path

import pytest
from pyroaring import BitMap

from segmentation import tasks
from segmentation.runs import services
from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.sets.models import SetVersion
from tests.broker import Broker
from tests.workers import Process, celery_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SLOW = "tests.segmentation.runs.slow"
LEASE = {"SEGTAG_TEST_LEASE": "5"}
# One run, in a process of its own, with the handlers of the tests.
EXECUTE = f"""
import sys, uuid, django
django.setup()
import {SLOW}
from segmentation.runs.executor import execute
run = execute(uuid.UUID(sys.argv[1]))
print("state", run and run.state)
"""


def requested(kind: str = "tests.slow", subject: str = "vip", **params) -> Run:
    return services.request_run(kind=kind, subject=subject, params=params)


def state_of(run: Run) -> str:
    run.refresh_from_db()
    return run.state


def reached(gate: Path) -> int:
    """How many workers stand before the gate."""
    return len(list(gate.parent.glob(f"{gate.name}.reached-*")))


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def executing(processes: list[Process]):
    """Starts a process that executes one run."""

    def start(run: Run) -> Process:
        processes.append(Process("-c", EXECUTE, str(run.pk), **LEASE))
        return processes[-1]

    return start


@pytest.fixture
def worker(processes: list[Process], broker: Broker):
    """Starts a Celery worker."""
    broker.forget()

    def start() -> Process:
        processes.append(celery_worker(SLOW, **LEASE))
        return processes[-1]

    return start


def test_of_two_processes_that_want_a_run_one_gets_it(executing, gate):
    run = requested(gate=str(gate), members=[1, 2])
    rivals = [executing(run), executing(run)]
    wait_until(lambda: reached(gate) and any(rival.popen.poll() is not None for rival in rivals))

    gate.touch()

    wait_until(lambda: all(rival.popen.poll() is not None for rival in rivals))
    assert sorted(rival.said().split()[-1] for rival in rivals) == ["None", "succeeded"]
    assert reached(gate) == 1
    assert SetVersion.objects.get().run == run


def test_a_frozen_worker_that_wakes_up_changes_nothing(executing, gate):
    run = requested(gate=str(gate), members=[1, 2])
    zombie = executing(run)
    wait_until(lambda: reached(gate) == 1)
    zombie.signal(signal.SIGSTOP)
    wait_until(lambda: services.sweep() and state_of(run) == Run.State.QUEUED, what="the lease did not run out")
    heir = executing(run)
    wait_until(lambda: reached(gate) == 2)
    gate.touch()
    wait_until(lambda: heir.popen.poll() is not None)

    zombie.signal(signal.SIGCONT)

    wait_until(lambda: zombie.popen.poll() is not None)
    assert "fenced" in zombie.said()
    assert state_of(run) == Run.State.SUCCEEDED
    assert (run.attempt, run.result["pid"]) == (2, heir.popen.pid)
    assert SetVersion.objects.count() == 1


def test_a_run_whose_worker_is_killed_is_finished_by_the_next_worker(worker, gate):
    run = requested(gate=str(gate), members=[7])
    tasks.enqueue(run)
    first = worker()
    wait_until(lambda: reached(gate) == 1)

    first.kill()
    gate.touch()
    worker()

    def finished() -> bool:
        tasks.sweep_runs()
        return state_of(run) == Run.State.SUCCEEDED

    wait_until(finished)
    assert run.attempt == 2
    assert SetVersion.objects.count() == 1
    assert store.current("segment", "vip") == BitMap([7])


def test_a_run_that_takes_its_worker_along_is_dead_after_three_attempts_and_blocks_no_other(worker, gate):
    deadly, broken, fine = requested("tests.deadly"), requested("tests.broken"), requested(gate=str(gate), members=[1])
    gate.touch()
    worker()
    for run in (deadly, broken, fine):
        tasks.enqueue(run)

    wait_until(lambda: state_of(fine) == Run.State.SUCCEEDED)
    wait_until(lambda: state_of(broken) != Run.State.RUNNING)

    def buried() -> bool:
        for run_id in services.sweep():
            tasks.ring(run_id)
        return state_of(deadly) == Run.State.DEAD

    wait_until(buried)
    assert (deadly.attempt, deadly.error_code) == (3, "worker_lost")


def test_a_worker_outlives_its_broker_and_works_off_what_was_requested_meanwhile(worker, broker: Broker, gate):
    gate.touch()
    before = requested(subject="before", gate=str(gate), members=[1])
    tasks.enqueue(before)
    worker()
    wait_until(lambda: state_of(before) == Run.State.SUCCEEDED)

    broker.stop()
    meanwhile = requested(subject="meanwhile", gate=str(gate), members=[2])
    tasks.enqueue(meanwhile)
    broker.start()
    tasks.ring(meanwhile.pk)

    wait_until(lambda: state_of(meanwhile) == Run.State.SUCCEEDED)
    assert (before.attempt, meanwhile.attempt) == (1, 1)
