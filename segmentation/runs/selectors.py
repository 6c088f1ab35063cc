"""Runs to show."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from segmentation.runs.models import Run
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.names import set_label

UNHAPPY = (Run.State.FAILED, Run.State.DEAD)


def run_list(*, kind: str = "", state: str = "", subject: str = "") -> QuerySet[Run]:
    """Runs, newest first. `state` is a state, or "active" or "unhappy" for what runs now or ended badly, or "jumped"
    for those that changed a size by more than its alert allows.
    """
    states = {"active": (Run.State.QUEUED, Run.State.RUNNING), "unhappy": UNHAPPY}.get(state, (state,))
    wanted = Q()
    if kind:
        wanted &= Q(kind=kind)
    if state == "jumped":
        wanted &= Q(result__has_key="alerts")
    elif state:
        wanted &= Q(state__in=states)
    if subject:
        wanted &= Q(subject__icontains=subject)
    return Run.objects.filter(wanted).select_related("requested_by")


def runs_of(kind: str, subject: str = "", limit: int = 10) -> list[Run]:
    """The newest runs of one object."""
    return list(run_list(kind=kind).filter(subject=subject)[:limit])


def active_run(kind: str, subject: str = "") -> Run | None:
    """The run of one object that is queued or running."""
    return Run.objects.filter(active_key=f"{kind}:{subject}").first()


def subject_names(runs: Iterable[Run]) -> dict[str, str]:
    """What the tags, segments and audiences are called that these runs are about, by key."""
    rows = NamedSet.objects.filter(key__in={run.subject for run in runs if run.subject}).distinct()
    return {row.key: set_label(row) for row in rows.only("key", "label_zh", "label_en")}


def published_sets(run: Run) -> QuerySet[SetVersion]:
    """What the run published, without the members."""
    return run.set_versions.defer("members", "entered", "left").select_related("named_set").order_by("named_set__order")
