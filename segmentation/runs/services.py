"""Changes to runs: request, claim, cancel, replay, and the sweep that forgets none.

The row is the truth and the message a door bell: whoever requests a run from a view, the API or the admin also calls
segmentation.tasks.enqueue; a bell that is lost is rung again by the sweep.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from segmentation.errors import SegmentationError
from segmentation.runs.claims import Claim, Fenced, announce_failure, claim
from segmentation.runs.models import Run
from segmentation.runs.routine import limits_of

__all__ = ["Claim", "Fenced", "cancel", "cancelled", "claim", "mark_rung", "replay", "request_run", "sweep"]

Person = AbstractBaseUser | AnonymousUser | None
ACTIVE = (Run.State.QUEUED, Run.State.RUNNING)
RING_AGAIN_AFTER = timedelta(seconds=15)
# A long queue is not rung for again and again; its oldest runs are enough to wake the workers.
RING_AT_MOST = 20


def request_run(
    *,
    kind: str,
    subject: str = "",
    as_of: datetime | None = None,
    seed: int = 0,
    params: dict[str, Any] | None = None,
    definition_version: int | None = None,
    by: Person = None,
) -> Run:
    """A queued run; when this very object is queued or running already, that run instead of a second one."""
    run, _ = Run.objects.get_or_create(
        active_key=f"{kind}:{subject}",
        defaults={
            "kind": kind,
            "subject": subject,
            "as_of": as_of or timezone.now(),
            "seed": seed,
            "params": params or {},
            "definition_version": definition_version,
            "requested_by": by if isinstance(by, User) else None,
            **limits_of(kind, subject),
        },
    )
    return run


def cancel(*, run: Run) -> None:
    """End a queued or running run without effect. Its worker, if any, stops at its next heartbeat."""
    if not cancelled(run=run):
        raise SegmentationError("Only a queued or running run can be cancelled.", code="not_active")


def cancelled(*, run: Run) -> bool:
    """Cancel the run if that is still possible, and say whether it was."""
    ended = {"active_key": None, "lease_until": None, "finished_at": Now()}
    active = Run.objects.filter(pk=run.pk, state__in=ACTIVE)
    return bool(active.update(state=Run.State.CANCELLED, fence=F("fence") + 1, **ended))


def replay(*, run: Run, by: Person = None) -> Run:
    """A new run of the same object with the same base date, seed and parameters; of one that succeeded also with the
    same version of the definition."""
    return request_run(
        kind=run.kind,
        subject=run.subject,
        as_of=run.as_of,
        seed=run.seed,
        params=run.params,
        definition_version=run.definition_version,
        by=by,
    )


def mark_rung(run_id: UUID) -> None:
    """Remember that the broker has the message, so that the sweep waits a while."""
    Run.objects.filter(pk=run_id).update(rung_at=Now())


def sweep() -> list[UUID]:
    """Take back the runs of silent workers, bury what was tried too often; returns the runs to ring for."""
    with transaction.atomic():
        expired = Run.objects.filter(state=Run.State.RUNNING, lease_until__lt=Now())
        buried = list(expired.filter(attempt__gte=F("max_attempts")).select_for_update())
        lost = Run.objects.filter(pk__in=[run.pk for run in buried], state=Run.State.RUNNING, lease_until__lt=Now())
        lost.update(
            state=Run.State.DEAD,
            active_key=None,
            lease_until=None,
            fence=F("fence") + 1,
            finished_at=Now(),
            error_code="worker_lost",
            error="The worker went silent at every try.",
        )
        for run in buried:
            announce_failure(run, Run.State.DEAD, "worker_lost")
        # A lease that runs out between these statements waits for the next sweep, whatever its attempt.
        taken_back = list(expired.filter(attempt__lt=F("max_attempts")).values_list("pk", flat=True))
        Run.objects.filter(pk__in=taken_back, state=Run.State.RUNNING, lease_until__lt=Now()).update(
            state=Run.State.QUEUED, lease_until=None, fence=F("fence") + 1, rung_at=Now()
        )
    waiting = Run.objects.filter(state=Run.State.QUEUED).annotate(heard=Coalesce("rung_at", "requested_at"))
    silent = waiting.filter(heard__lt=Now() - RING_AGAIN_AFTER).order_by("requested_at")
    return [*taken_back, *silent.values_list("pk", flat=True)[:RING_AT_MOST]]
