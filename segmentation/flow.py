"""The whole flow: what is computed after what, and one run that works through it, step by step.

The flow is a run itself, so it is claimed once, shown with its progress, and taken up where it stopped when its worker
is killed. Each step is a run of its own: one that fails stops no other.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from customers.models import Consent, Customer, Event, Product
from segmentation.errors import SegmentationError
from segmentation.measurement import services as measurement
from segmentation.runs import services
from segmentation.runs.claims import Claim, Listener
from segmentation.runs.executor import execute
from segmentation.runs.handlers import handles
from segmentation.runs.models import Run
from segmentation.runs.routine import Schedule
from segmentation.runs.timetable import Cron
from segmentation.segments.models import Segment
from segmentation.tags.models import Tag

logger = logging.getLogger(__name__)

KIND = "flow.nightly"
# Seconds between two looks at a step that another worker has in its hands.
PATIENCE = 2.0

Node = tuple[str, str]  # ("tag" or "segment", key), as rules name them


@dataclass(frozen=True)
class Step:
    """One computation of the flow."""

    kind: str
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()


def steps(*, everything: bool = False, day: date | None = None) -> list[Step]:
    """The steps in order: tags and segments whose timetable names this day (today unless given), or all."""
    looks = [Step(measurement.KIND, m.version.audience.key) for m in measurement.open_measurements(timezone.now())]
    day = day or timezone.localdate()
    return [
        Step("lake.sync"),
        Step("profiles.compute"),
        Step("recommendation.compute"),
        *_definitions(None if everything else day),
        *looks,
    ]


def in_order(built_on: dict[Node, set[Node]]) -> list[Node]:
    """The nodes, each after all it is built on; what is built on something else than a node need not wait for it."""
    graph = {node: known & built_on.keys() for node, known in built_on.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(f"{kind} {key}" for kind, key in error.args[1])
        raise SegmentationError(f"These are built on each other: {circle}", code="cycle") from None


def state_of_data() -> dict[str, Any]:
    """What the flow's results depend on: facts and definitions. Equal states, nothing to compute."""
    return {
        "events": _newest(Event.objects.all(), "pk"),
        "customers": _newest(Customer.objects.all(), "updated_at"),
        # Not those of which nothing is told: the flow itself makes a row for a product that was only sold.
        "products": _newest(Product.objects.exclude(name="", brand="", category_path=[]), "updated_at"),
        "consents": _newest(Consent.objects.all(), "pk"),
        "definitions": sorted([tag.key, tag.live_version_id] for tag in _tags())
        + sorted([segment.key, segment.live_version_id] for segment in _segments()),
    }


def is_up_to_date() -> bool:
    """Whether the newest flow that computed everything did so from the present data and definitions."""
    flows = Run.objects.filter(kind=KIND, state=Run.State.SUCCEEDED, params__everything=True)
    newest = flows.order_by("-finished_at").first()
    return newest is not None and newest.result.get("of") == state_of_data()


@handles(KIND)
def run_flow(claim: Claim) -> dict[str, Any]:
    """Works through all steps; fails in the end, naming them, when some failed."""
    day = timezone.localtime(claim.as_of).date()
    of, planned = state_of_data(), steps(everything=claim.params.get("everything", False), day=day)
    ended = []
    for number, step in enumerate(planned):
        claim.heartbeat(str(step), number, len(planned))
        ended.append(_perform(step, claim))
    failed = [str(run) for run in ended if run.state != Run.State.SUCCEEDED]
    if failed:
        raise SegmentationError(f"{len(failed)} of {len(ended)} steps failed: {', '.join(failed)}", code="steps_failed")
    return {"of": of, "steps": len(ended)}


def _perform(step: Step, claim: Claim) -> Run:
    """The step's run as it ended; the one that ended well before this flow was interrupted, if there is one."""
    flow = {"flow": str(claim.run.pk)}
    same = Run.objects.filter(kind=step.kind, subject=step.subject, params__flow=flow["flow"])
    if done := same.filter(state=Run.State.SUCCEEDED).first():
        return done
    run = services.request_run(
        kind=step.kind, subject=step.subject, as_of=claim.as_of, seed=claim.seed, params=flow, by=claim.run.requested_by
    )
    return finished(run, listen=claim.listen, waiting=lambda: claim.heartbeat(str(step)))


def finished(run: Run, *, listen: Listener | None = None, waiting: Callable[[], None] = lambda: None) -> Run:
    """The run as it ended, executed here, or awaited while another worker has it."""
    while run.is_active:
        executed = execute(run.pk, listen=listen)
        if executed is None:
            logger.info("%s is in the hands of another worker; waiting", run)
            time.sleep(PATIENCE)
            waiting()
        run.refresh_from_db()
    return run


def _newest(rows: QuerySet[Any], field: str) -> str:
    return str(rows.aggregate(newest=Max(field))["newest"])


def _definitions(day: date | None) -> Iterable[Step]:
    built_on = {("tag", tag.key): tag.references for tag in _tags() if day is None or tag.is_due_on(day)}
    built_on |= {
        ("segment", segment.key): segment.references for segment in _segments() if day is None or segment.is_due_on(day)
    }
    return [Step(f"{kind}s.compute", key) for kind, key in in_order(built_on)]


def due_by_cron(now: datetime) -> list[Step]:
    """What has a timetable of its own and was due since its last run was asked for, or since it is live."""
    rows: list[tuple[str, Tag | Segment]] = [("tags.compute", row) for row in _tags() if row.schedule == Schedule.CRON]
    rows += [("segments.compute", row) for row in _segments() if row.schedule == Schedule.CRON]
    return [Step(kind, row.key) for kind, row in rows if _is_due(kind, row, now)]


def _is_due(kind: str, row: Tag | Segment, now: datetime) -> bool:
    newest = Run.objects.filter(kind=kind, subject=row.key).aggregate(newest=Max("requested_at"))["newest"]
    since = newest or (row.live_version and row.live_version.reviewed_at)
    due = Cron.read(row.cron).next_after(since, settings.TIME_ZONE) if since else None
    return due is not None and due <= now


def _tags() -> QuerySet[Tag]:
    live = Tag.objects.filter(status=Tag.Status.LIVE, live_version__isnull=False)
    return live.select_related("live_version").order_by("key")


def _segments() -> QuerySet[Segment]:
    live = Segment.objects.filter(status=Segment.Status.LIVE, live_version__isnull=False)
    return live.select_related("live_version").order_by("key")
