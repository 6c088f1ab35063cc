"""Many runs while processes are killed at random: all end, each effect is there once, readers see whole results.

Asked for by SEGTAG_CHAOS_RUNS: 300 kills 30 times and freezes a worker's child five times. SEGTAG_CHAOS_SEED repeats an
order of kills. Single kills are in test_kills.py, which always runs.
"""

import os
import time

import pytest
from django.db.models import Count

from segmentation import tasks
from segmentation.runs import services
from segmentation.runs.models import Run
from segmentation.sets.models import SetVersion
from tests.broker import Broker
from tests.segmentation.runs.chaos import PARTS, Installation, Reader, end_all, left_behind
from tests.workers import Process, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RUNS = int(os.environ.get("SEGTAG_CHAOS_RUNS", "0"))
SEED = int(os.environ.get("SEGTAG_CHAOS_SEED", "7"))
VICTIMS = ("child", "worker", "broker", "beat")
SUBJECTS = 10
asked_for = pytest.mark.skipif(not RUNS, reason="minutes of kills: SEGTAG_CHAOS_RUNS=300 asks for it")
ENDED = (Run.State.SUCCEEDED, Run.State.FAILED, Run.State.DEAD, Run.State.CANCELLED)


@pytest.fixture
def installation(broker: Broker, processes: list[Process]):
    broker.forget()
    yield Installation(broker, processes, SEED)
    end_all(processes)
    wait_until(lambda: not left_behind(processes), seconds=10, what="processes are left behind")


def ask(number: int) -> None:
    """One more run of one of the subjects, whose sets are made anew in each round."""
    params = {"parts": PARTS, "round": number // SUBJECTS, "steps": 5 + number % 20}
    tasks.enqueue(services.request_run(kind="tests.partition", subject=f"s{number % SUBJECTS}", params=params))


def ended() -> int:
    return Run.objects.filter(state__in=ENDED).count()


@asked_for
def test_every_run_ends_once_and_readers_never_see_half_of_one(installation: Installation):
    kills = [VICTIMS[number % len(VICTIMS)] for number in range(RUNS // 10)]
    installation.chance.shuffle(kills)
    wait_until(installation.tend)
    asked, started, frozen = 0, time.monotonic(), 0

    def go_on() -> bool:
        nonlocal asked, frozen
        done, ready = ended(), installation.tend()
        if ready and kills and done >= RUNS - len(kills) * 10:
            installation.strike(kills.pop())
        elif ready and done >= 25 + frozen * 60 and not installation.frozen:
            installation.freeze()
            frozen += 1
        # No faster than they are killed: the next blow finds work under way.
        most = RUNS - len(kills) * 10 + SUBJECTS
        while asked < min(RUNS, most, ended() + SUBJECTS) and not _busy(asked):
            ask(asked)
            asked += 1
        return done == RUNS

    with Reader() as reader:
        wait_until(go_on, seconds=120 + 4 * RUNS, what=f"{ended()} of {RUNS} ended")

    counts = {
        name: dict(Run.objects.order_by().values_list(name).annotate(Count("pk"))) for name in ("state", "attempt")
    }
    took = time.monotonic() - started
    print(
        f"\n{RUNS} runs in {took:.0f} s, kills {dict(installation.kills)}, {frozen} frozen past their lease, {counts}"
    )
    print(f"fenced {installation.said(' fenced: ')}, ended by itself {dict(installation.fallen)}, {reader.looks} looks")
    assert reader.wrong == []
    assert installation.kills.total() == RUNS // 10
    effects = dict(SetVersion.objects.order_by().values_list("run_id").annotate(Count("pk")))
    print(f"{sum(effects.values())} set versions by {len(effects)} runs, {len(reader.wrong)} half or empty sets seen")
    for run in Run.objects.all():
        assert effects.get(run.pk, 0) == (PARTS if run.state == Run.State.SUCCEEDED else 0), run
    assert Run.objects.exclude(state__in=[Run.State.SUCCEEDED, Run.State.DEAD]).count() == 0


def _busy(number: int) -> bool:
    """Whether the run before of the same subject is still under way: the same would be given again."""
    return Run.objects.filter(active_key=f"tests.partition:s{number % SUBJECTS}").exists()
