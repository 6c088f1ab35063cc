"""The sweep: what its worker left, or the broker lost, is taken up again or ends in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from segmentation import tasks
from segmentation.runs import claims, services
from segmentation.runs.models import Run
from tests.broker import Broker
from tests.segmentation.runs.asking import outdated, requested

pytestmark = pytest.mark.django_db


def test_the_sweep_takes_runs_back_and_buries_them_after_three_attempts():
    run = requested()

    for _ in range(2):
        services.claim(run.pk)
        outdated(run)
        assert services.sweep() == [run.pk]
        assert services.sweep() == []
        run.refresh_from_db()
        assert run.state == Run.State.QUEUED
    services.claim(run.pk)
    outdated(run)
    services.sweep()

    run.refresh_from_db()
    assert (run.state, run.error_code, run.active_key) == (Run.State.DEAD, "worker_lost", None)


def test_a_last_lease_that_runs_out_while_the_sweep_is_at_work_waits_for_the_next_sweep():
    run = requested()
    for _ in range(3):
        assert services.claim(run.pk)
        outdated(run)
    Run.objects.filter(pk=run.pk).update(lease_until=Now() + claims.LEASE)

    waiting = [run]

    def runs_out_after_the_first_statement(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if "max_attempts" in sql and waiting:
            outdated(waiting.pop())
        return done

    with connection.execute_wrapper(runs_out_after_the_first_statement):
        assert services.sweep() == []
    services.sweep()

    run.refresh_from_db()
    assert run.state == Run.State.DEAD


def test_the_sweep_rings_for_what_waits_too_long_and_for_no_other():
    early, rung, fresh = (requested(subject=subject) for subject in ("early", "rung", "fresh"))
    long_ago = Now() - timedelta(seconds=20)
    Run.objects.filter(pk__in=[early.pk, rung.pk]).update(requested_at=long_ago)
    services.mark_rung(rung.pk)

    assert services.sweep() == [early.pk]
    assert fresh.state == Run.State.QUEUED


def test_a_claim_that_nobody_renews_lives_for_its_lease():
    claim = services.claim(requested().pk)

    left = Run.objects.get(pk=claim.run.pk).lease_until - timezone.now()

    assert timedelta(seconds=50) < left <= claims.LEASE


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_a_run_is_still_requested_and_rung_for_later(broker: Broker, caplog):
    broker.stop()
    run = requested()
    start = timezone.now()

    tasks.enqueue(run)

    assert timezone.now() - start < timedelta(seconds=2)
    run.refresh_from_db()
    assert (run.state, run.rung_at) == (Run.State.QUEUED, None)
    assert "broker is down" in caplog.text

    broker.start()
    Run.objects.update(requested_at=Now() - timedelta(seconds=20))
    tasks.sweep_runs()
    run.refresh_from_db()
    assert run.rung_at is not None
