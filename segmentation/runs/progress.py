"""How far a run is, in the words of the progress bar."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from segmentation.runs.models import Run
from segmentation.runs.names import NAMES


def progress_of(run: Run) -> dict[str, Any]:
    """What partials/progress.html shows of a run."""
    return {
        "url": reverse("segmentation:run_progress", args=[run.pk]),
        "active": run.is_active,
        "phase": phase_of(run),
        "done": run.progress_done,
        "total": run.progress_total,
        "percent": _percent(run),
        "failed": run.state in {Run.State.FAILED, Run.State.DEAD},
    }


def phase_of(run: Run) -> str:
    """What the run is doing; for one that has ended, how."""
    if not run.is_active:
        return str(run.get_state_display())
    if run.state == Run.State.QUEUED:
        return _("Waiting for a worker …")
    kind, _space, subject = run.phase.partition(" ")
    if kind in NAMES:  # a step of a flow
        return f"{NAMES[kind]} {subject}".strip()
    return _(run.phase) if run.phase else _("Starting …")


def _percent(run: Run) -> int | None:
    if not run.is_active:
        return 100
    return run.percent if run.progress_total else None
