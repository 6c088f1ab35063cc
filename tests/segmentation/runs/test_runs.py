"""Runs: requested once, claimed once, committed once, and never forgotten."""

import time

import pytest
from django.utils import timezone
from pyroaring import BitMap

from segmentation.errors import SegmentationError
from segmentation.runs import services
from segmentation.runs.executor import execute
from segmentation.runs.handlers import handler_of, handles
from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from tests.segmentation.runs.asking import outdated, requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch):
    """Registers a handler for the kind "tests.answer" while a test runs."""

    def register(handler):
        monkeypatch.setitem(handler_of.__globals__["_handlers"], "tests.answer", handler)

    return register


def test_a_run_requested_twice_is_one_run_while_it_is_active(answer):
    answer(lambda claim: None)
    first = requested()

    assert requested() == first
    assert requested(subject="other") != first
    execute(first.pk)
    assert requested() != first


def test_what_a_handler_returns_is_the_result(answer):
    answer(lambda claim: {"size": 3})

    run = execute(requested().pk)

    assert (run.state, run.result, run.active_key) == (Run.State.SUCCEEDED, {"size": 3}, None)
    assert run.started_at <= run.finished_at


def test_a_run_is_claimed_by_one_worker_only():
    run = requested()

    assert services.claim(run.pk) is not None
    assert services.claim(run.pk) is None


def test_a_silent_worker_loses_its_run_and_its_late_commit_changes_nothing():
    run = requested()
    zombie = services.claim(run.pk)
    outdated(run)
    heir = services.claim(run.pk)
    named_set = store.named("segment", "vip", label_zh="贵宾", label_en="VIP")

    def come_too_late() -> None:
        with pytest.raises(services.Fenced), zombie.commit({"by": "zombie"}):
            store.publish({named_set: BitMap([2])}, run=run, as_of=run.as_of)

    come_too_late()
    with heir.commit({"by": "heir"}):
        store.publish({named_set: BitMap([1])}, run=run, as_of=run.as_of)
    come_too_late()

    run.refresh_from_db()
    assert (run.result, run.attempt) == ({"by": "heir"}, 2)
    assert store.current("segment", "vip") == BitMap([1])
    assert SetVersion.objects.count() == 1


def test_an_effect_that_fails_leaves_the_run_unfinished_and_nothing_published():
    run = requested()
    claim = services.claim(run.pk)
    named_set = store.named("segment", "vip", label_zh="贵宾", label_en="VIP")

    with pytest.raises(ZeroDivisionError), claim.commit():
        store.publish({named_set: BitMap([1])}, run=run, as_of=run.as_of)
        raise ZeroDivisionError

    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    assert not SetVersion.objects.exists()
    assert NamedSet.objects.get().current is None


def test_what_a_person_can_mend_fails_at_once_with_code_and_place(answer):
    def refuse(claim):
        raise SegmentationError("There is no such trait.", code="unknown_name", where="rule.all[2]")

    answer(refuse)

    run = execute(requested().pk)

    assert (run.state, run.error_code) == (Run.State.FAILED, "unknown_name")
    assert run.error == "rule.all[2]: There is no such trait."


def test_what_nobody_expected_is_tried_three_times_and_then_dead(answer):
    def break_down(claim):
        raise ZeroDivisionError("always")

    answer(break_down)
    run = requested()

    states = [execute(run.pk).state for _ in range(3)]

    assert states == [Run.State.QUEUED, Run.State.QUEUED, Run.State.DEAD]
    assert execute(run.pk) is None
    run.refresh_from_db()
    assert (run.error_code, run.error) == ("unexpected", "ZeroDivisionError: always")


def test_a_worker_told_to_stop_gives_its_run_back_untried(answer):
    def interrupt(claim):
        raise KeyboardInterrupt

    answer(interrupt)
    run = requested()

    with pytest.raises(KeyboardInterrupt):
        execute(run.pk)

    run.refresh_from_db()
    assert (run.state, run.attempt) == (Run.State.QUEUED, 0)
    assert services.claim(run.pk)


def test_an_unknown_kind_fails_with_advice():
    run = execute(requested(kind="tests.nobody").pk)

    assert (run.state, run.error_code) == (Run.State.FAILED, "unknown_kind")


def test_two_handlers_for_one_kind_are_refused():
    with pytest.raises(ValueError, match=r"tests\.answer_twice"):
        handles("tests.answer_twice")(lambda claim: {})
        handles("tests.answer_twice")(requested)


def test_a_cancelled_run_stops_at_its_next_heartbeat(answer):
    def work(claim):
        services.cancel(run=claim.run)
        claim.heartbeat("half way", 1, 2)
        raise AssertionError("never reached")

    answer(work)

    run = execute(requested().pk)

    assert (run.state, run.error) == (Run.State.CANCELLED, "")
    with pytest.raises(SegmentationError):
        services.cancel(run=run)


def test_a_run_that_took_too_long_has_failed_and_what_its_work_still_does_changes_nothing():
    run = requested()
    claim = services.claim(run.pk)
    named_set = store.named("segment", "vip", label_zh="贵宾", label_en="VIP")

    claim.expire()

    with pytest.raises(services.Fenced):
        claim.heartbeat("still at it")
    with pytest.raises(services.Fenced), claim.commit({"late": True}):
        store.publish({named_set: BitMap([1])}, run=run, as_of=run.as_of)
    run.refresh_from_db()
    assert (run.state, run.error_code, run.active_key, run.result) == (Run.State.FAILED, "timeout", None, {})
    assert not SetVersion.objects.exists()
    assert requested() != run


def test_the_time_out_of_a_claim_that_another_worker_took_over_ends_nothing():
    run = requested()
    first = services.claim(run.pk)
    outdated(run)
    heir = services.claim(run.pk)

    first.expire()

    with pytest.raises(services.Fenced):
        first.heartbeat()
    with heir.commit({"by": "heir"}):
        pass
    run.refresh_from_db()
    assert (run.state, run.error_code) == (Run.State.SUCCEEDED, "")


@pytest.mark.django_db(transaction=True)
def test_work_that_goes_on_after_its_time_out_is_told_at_its_next_sign_of_life(answer):
    heard = []

    def endless(claim):
        try:
            while True:
                time.sleep(0.02)
                claim.heartbeat("working", len(heard), 0)
        except services.Fenced:
            heard.append("fenced")
            raise

    answer(endless)
    run = requested()
    Run.objects.filter(pk=run.pk).update(timeout_seconds=1)

    ended = execute(run.pk)

    assert (ended.state, ended.error_code) == (Run.State.FAILED, "timeout")
    assert heard == ["fenced"]


def test_progress_is_told_and_renews_the_lease(answer):
    told = []

    def work(claim):
        outdated(claim.run)
        for done in range(100):
            claim.heartbeat("counting", done, 100)
        row = Run.objects.get(pk=claim.run.pk)
        assert (row.phase, row.percent) == ("counting", 0)
        assert row.lease_until > timezone.now()

    answer(work)

    run = execute(requested().pk, listen=lambda *progress: told.append(progress))

    assert run.state == Run.State.SUCCEEDED
    assert told[-1] == (run, "counting", 99, 100)


def test_replay_asks_the_same_question_again(answer):
    answer(lambda claim: None)
    run = execute(requested(seed=5, params={"k": 3}).pk)

    again = services.replay(run=run)

    assert again != run
    assert (again.kind, again.subject, again.as_of, again.seed, again.params) == (
        "tests.answer", "vip", run.as_of, 5, {"k": 3},
    )  # fmt: skip
