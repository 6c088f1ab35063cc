"""The claim: one worker's right to one run, while its lease lasts and nobody has fenced it off.

All times are the database's, so that workers with wrong clocks cannot rob each other.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from segmentation.errors import SegmentationError
from segmentation.lake.models import LakeSnapshot
from segmentation.runs.models import Run
from segmentation.webhooks.announcing import announce
from segmentation.webhooks.models import Kind

LEASE = timedelta(seconds=60)
# Progress is written to the database no more often than this, in seconds.
REPORT_EVERY = 0.5
LONGEST_ERROR = 4000

# Told of every heartbeat: the run, what it is at, how much of it is done, and of how much.
Listener = Callable[[Run, str, int, int], None]


class Fenced(SegmentationError):
    """The run is no longer ours: cancelled, or taken over after our lease ran out. Nothing was changed."""

    code = "fenced"

    def __init__(self, run: Run) -> None:
        super().__init__(f"{run} was cancelled or taken over by another worker; nothing was changed.")


def claim(run_id: UUID) -> "Claim | None":
    """The right to execute this run; None when it is not waiting, or another worker has it."""
    waiting = Q(state=Run.State.QUEUED) | Q(state=Run.State.RUNNING, lease_until__lt=Now())
    with transaction.atomic():
        taken = Run.objects.filter(waiting, pk=run_id, attempt__lt=F("max_attempts")).update(
            state=Run.State.RUNNING,
            attempt=F("attempt") + 1,
            fence=F("fence") + 1,
            lease_until=Now() + LEASE,
            started_at=Now(),
            phase="",
            progress_done=0,
            progress_total=0,
            error_code="",
            error="",
        )
        return Claim(Run.objects.get(pk=run_id)) if taken else None


def announce_failure(run: Run, state: Run.State, code: str) -> None:
    """Tell webhooks how it ended; not the error's words, which may hold anything. Belongs in its transaction."""
    told = {"run": str(run.pk), "kind": run.kind, "subject": run.subject, "state": state.value, "error_code": code}
    announce(Kind.RUN_FAILED, "/".join(filter(None, ("run", run.kind, run.subject))), told)


class Claim:
    """A run in the hands of one worker. Every write is guarded by the fence: a zombie's changes nothing."""

    def __init__(self, run: Run, listen: Listener | None = None) -> None:
        self.run = run
        self.fence = run.fence
        self.committed = False
        self.listen = listen
        self._lost = threading.Event()
        self._phase = ""
        self._reported_at = 0.0

    @property
    def subject(self) -> str:
        """Key of what is computed."""
        return self.run.subject

    @property
    def as_of(self) -> datetime:
        """The base date."""
        return self.run.as_of

    @property
    def seed(self) -> int:
        return self.run.seed

    @property
    def params(self) -> dict[str, Any]:
        return self.run.params

    def heartbeat(self, phase: str = "", done: int = 0, total: int = 0) -> None:
        """Tell how far the work is. Cheap to call in a loop; raises Fenced when the run is no longer ours."""
        if self._lost.is_set():
            raise Fenced(self.run)
        if self.listen:
            self.listen(self.run, phase, done, total)
        if phase == self._phase and time.monotonic() - self._reported_at < REPORT_EVERY:
            return
        self._phase, self._reported_at = phase, time.monotonic()
        self._change(phase=phase, progress_done=done, progress_total=total, lease_until=Now() + LEASE)

    def renew(self) -> None:
        """Keep the lease; what the heartbeat thread calls."""
        self._change(lease_until=Now() + LEASE)

    @contextmanager
    def commit(
        self,
        result: dict[str, Any] | None = None,
        *,
        definition_version: int | None = None,
        lake_snapshot: LakeSnapshot | None = None,
    ) -> Iterator[None]:
        """The one transaction in which the effect (the body) and the success are saved, or neither.

        The run's row is written first, which also locks it: whoever wants to cancel or take over has to wait.
        """
        with transaction.atomic():
            self._end(
                Run.State.SUCCEEDED,
                result=result or {},
                definition_version=definition_version,
                lake_snapshot=lake_snapshot,
            )
            yield
        self.committed = True

    def fail(self, code: str, error: str) -> None:
        """End the run: trying again would not help."""
        self._end(Run.State.FAILED, error_code=code, error=error[:LONGEST_ERROR])

    def expire(self) -> None:
        """End the run for having taken too long, while its work may still go on: whatever that commits is fenced."""
        with suppress(Fenced):
            self.fail("timeout", "The run took longer than its time-out.")
        self._lost.set()

    def retry_later(self, code: str, error: str) -> None:
        """Give the run back after an unexpected error; after the last attempt it is dead."""
        told = {"error_code": code, "error": error[:LONGEST_ERROR]}
        if self.run.attempt >= self.run.max_attempts:
            self._end(Run.State.DEAD, **told)
        else:
            self._change(state=Run.State.QUEUED, lease_until=None, rung_at=Now(), **told)

    def release(self) -> None:
        """Give the run back untried: this worker is shutting down."""
        self._change(state=Run.State.QUEUED, lease_until=None, rung_at=None, attempt=F("attempt") - 1)

    def _end(self, state: Run.State, **fields: Any) -> None:
        with transaction.atomic():
            self._change(state=state, active_key=None, lease_until=None, finished_at=Now(), **fields)
            if state in {Run.State.FAILED, Run.State.DEAD}:
                announce_failure(self.run, state, fields["error_code"])

    def _change(self, **fields: Any) -> None:
        if not self._mine().update(**fields):
            self._lost.set()
            raise Fenced(self.run)

    def _mine(self) -> QuerySet[Run]:
        return Run.objects.filter(pk=self.run.pk, fence=self.fence, state=Run.State.RUNNING)
