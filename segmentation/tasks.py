"""The door bell: Celery tasks that carry a run's id and nothing else."""

import logging
import time
from functools import partial
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from segmentation import (
    flow,
    handlers,  # noqa: F401 (every kind of run can be executed where this is imported)
)
from segmentation.activation import planning, tidying
from segmentation.live import refreshing
from segmentation.privacy import retention
from segmentation.runs import services
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.webhooks import delivering

logger = logging.getLogger(__name__)

# Seconds one run may take before it is told to stop, and before it is stopped; below the broker's visibility timeout.
SOFT_LIMIT = 4 * 3600
HARD_LIMIT = SOFT_LIMIT + 600


@shared_task(name="segmentation.execute_run", soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def execute_run(run_id: str) -> None:
    """Execute one run, unless another worker has it."""
    execute(UUID(run_id))


@shared_task(name="segmentation.sweep_runs")
def sweep_runs() -> None:
    """Take back the runs of silent workers and ring for every run that still waits."""
    for run_id in services.sweep():
        ring(run_id)


@shared_task(name="segmentation.nightly_flow")
def nightly_flow() -> None:
    """Request the flow of all that is run daily; once, even if two timetables ask for it."""
    ring(services.request_run(kind=flow.KIND).pk)


@shared_task(name="segmentation.tidy_lake")
def tidy_lake() -> None:
    """Request that the many small files of a day's syncs are merged."""
    ring(services.request_run(kind="lake.compact").pk)


@shared_task(name="segmentation.request_due")
def request_due() -> None:
    """Request what has a timetable of its own and a time since its last run: once, also after a long standstill."""
    for step in flow.due_by_cron(timezone.now()):
        ring(services.request_run(kind=step.kind, subject=step.subject).pk)
    for plan in planning.due_plans(timezone.now()):
        ring(planning.request_delivery(plan=plan).pk)


@shared_task(name="segmentation.tidy_exports")
def tidy_exports() -> None:
    """Files of exports that were kept long enough go."""
    tidying.tidy_exports(timezone.now())


@shared_task(name="segmentation.retain")
def retain() -> None:
    """Request that what was kept long enough goes; nothing, while nothing has a period."""
    if run := retention.request_retention():
        ring(run.pk)


@shared_task(name="segmentation.send_webhooks", soft_time_limit=120, time_limit=150)
def send_webhooks() -> None:
    """Send the messages of webhooks that are due."""
    delivering.deliver_due()


@shared_task(name="segmentation.refresh_live", soft_time_limit=60, time_limit=90)
def refresh_live() -> None:
    """Judge customers about whom something was told, until none waits or for some seconds."""
    end = time.monotonic() + 4
    while time.monotonic() < end and refreshing.refresh():
        pass


@shared_task(name="segmentation.tidy_live")
def tidy_live() -> None:
    """What the nightly runs have worked out anew need not be kept beside them."""
    refreshing.forget_old()


@shared_task(name="segmentation.tidy_webhooks")
def tidy_webhooks() -> None:
    """Messages that ended long ago leave the log."""
    delivering.forget_old()


def ring_webhooks() -> None:
    """Have what was just written sent now; the timetable sends it otherwise."""
    transaction.on_commit(_ring_webhooks)


def _ring_webhooks() -> None:
    try:
        send_webhooks.apply_async(expires=30)
    except (OperationalError, OSError):
        logger.warning("The broker is down; webhooks wait for the timetable")


def enqueue(run: Run) -> None:
    """Ring for this run once its row is committed. Never raises for a broker that is down."""
    transaction.on_commit(partial(ring, run.pk))


def ring(run_id: UUID) -> None:
    """Ring now."""
    try:
        execute_run.apply_async(args=[str(run_id)])
    except (OperationalError, OSError):
        logger.warning("The broker is down; run %s waits for the next sweep", run_id)
    else:
        services.mark_rung(run_id)
