"""What the overview shows: how fresh everything is, what moved, what the customers look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import ImportBatch
from customers.selectors import FactsSummary
from segmentation import flow
from segmentation.lake.versions import newest
from segmentation.runs.models import Run
from segmentation.runs.selectors import UNHAPPY, run_list
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.names import set_label, value_label
from segmentation.sets.selectors import named_sets
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag
from segmentation.tags.selectors import TagRow, live_tags, taxonomy
from segtag_site.pages.found_by_rule import customers_address

# The tag whose values are the stages of a customer's life, from the ready taxonomy.
LIFECYCLE = "lifecycle-stage"
STALE = timedelta(hours=36)
SEGMENTS_SHOWN = 8
RUNS_SHOWN = 6


@dataclass(frozen=True)
class Freshness:
    """When one stage of the flow was last brought up to date."""

    label: str
    at: datetime | None
    url: str

    @property
    def stale(self) -> bool:
        return self.at is None or timezone.now() - self.at > STALE


@dataclass(frozen=True)
class Movement:
    """A segment with what its newest version changed."""

    name: str
    url: str
    set: NamedSet
    newest: SetVersion


def freshness(facts: FactsSummary) -> list[Freshness]:
    """The flow's stages in order."""
    snapshot, batch = newest(), ImportBatch.objects.filter(state=ImportBatch.State.DONE).first()
    runs = reverse("segmentation:run_list")
    return [
        Freshness(_("Last event"), facts.last_event_at, reverse("customers:list")),
        Freshness(_("Last import"), batch.finished_at if batch else None, reverse("imports:list")),
        Freshness(_("Lake"), snapshot.created_at if snapshot else None, f"{runs}?kind=lake.sync"),
        Freshness(_("Features"), _last_success("profiles.compute"), f"{runs}?kind=profiles.compute"),
        Freshness(_("Tags"), _last_success("tags.compute"), f"{runs}?kind=tags.compute"),
        Freshness(_("Segments"), _last_success("segments.compute"), f"{runs}?kind=segments.compute"),
    ]


def movements() -> list[Movement]:
    """The segments that changed most with their newest version."""
    computed = [(one, one.current) for one in named_sets(NamedSet.Kind.SEGMENT) if one.current]
    computed = [(one, new) for one, new in computed if new.number > 1 and new.entered_count + new.left_count]
    computed.sort(key=lambda pair: -(pair[1].entered_count + pair[1].left_count))
    return [
        Movement(set_label(one), reverse("segmentation:segment_detail", args=[one.key]), one, newest)
        for one, newest in computed[:SEGMENTS_SHOWN]
    ]


def coverage() -> list[TagRow]:
    """The computed tags, those that say nothing of the most customers first: they need a look."""
    rows = [row for node in taxonomy() for row in node.tags if row.covered is not None]
    return sorted(rows, key=lambda row: row.covered or 0)


@dataclass(frozen=True)
class RecentRun:
    """A run that nobody's flow began; of a flow, how many steps it took so far, and how many of them failed."""

    run: Run
    steps: int = 0
    failed: int = 0


def recent_runs() -> list[RecentRun]:
    """The newest runs, the steps of a flow told together with it."""
    alone = Run.objects.filter(params__flow__isnull=True).select_related("requested_by")
    return [_recent(run) for run in alone[:RUNS_SHOWN]]


def _recent(run: Run) -> RecentRun:
    if run.kind != flow.KIND:
        return RecentRun(run)
    steps = Run.objects.filter(params__flow=str(run.pk))
    return RecentRun(run, steps.count(), steps.filter(state__in=UNHAPPY).count())


def unhappy_runs() -> int:
    """How many runs of the last day ended badly."""
    return Run.objects.filter(state__in=UNHAPPY, finished_at__gte=timezone.now() - timedelta(days=1)).count()


def jumped() -> int:
    """How many tags and segments had a run in the last day that changed their size by more than their alert allows."""
    runs = run_list(state="jumped").filter(finished_at__gte=timezone.now() - timedelta(days=1))
    return runs.order_by().values("kind", "subject").distinct().count()


def lifecycle_chart() -> dict[str, Any] | None:
    """The customers by the stage of their life, each stage with its customers behind it."""
    stages = [(stage, stage.current) for stage in named_sets(NamedSet.Kind.TAG_VALUE, LIFECYCLE) if stage.current]
    if not stages:
        return None
    return {
        "x": [value_label(stage) for stage, _newest in stages],
        "series": [{"name": _("customers"), "data": [newest.size for _stage, newest in stages]}],
        "links": [reverse("segmentation:members", args=[one.kind, one.key, one.value]) for one, _newest in stages],
    }


def rfm_chart() -> tuple[Tag, dict[str, Any]] | None:
    """The RFM tag and its grid: how many customers have each pair of recency and frequency scores, and who."""
    tag = next((tag for tag in live_tags("rfm") if tag.last_run), None)
    if tag is None or tag.last_run is None:
        return None
    run = tag.last_run
    definition = kind_of(tag.kind).read(tag.versions.get(number=run.definition_version or 0).definition)
    bounds = run.result["bounds"]

    def address(r: int, f: int) -> str:
        recent = _scored(definition.recency, bounds["recency"], 6 - r, low="more_than", high="at_most")
        often = _scored(definition.frequency, bounds["frequency"], f, low="at_least", high="less_than")
        return customers_address([*recent, *often], run.as_of)

    cells = [(cell["r"], cell["f"], cell["customers"]) for cell in run.result["grid"]]
    return tag, {
        "x": [f"R{score}" for score in range(1, 6)],
        "y": [f"F{score}" for score in range(1, 6)],
        "x_name": _("Recency (5: bought lately)"),
        "y_name": _("Frequency (5: buys often)"),
        "cells": [[r - 1, f - 1, customers, address(r, f)] for r, f, customers in cells],
    }


def _scored(feature: str, bounds: Sequence[float], band: int, *, low: str, high: str) -> list[dict[str, Any]]:
    """The conditions for the `band`-th of the bands that rising bounds cut, counted from 1."""
    above = [{"feature": feature, "op": low, "value": bounds[band - 2]}] if band > 1 else []
    below = [{"feature": feature, "op": high, "value": bounds[band - 1]}] if band <= len(bounds) else []
    return above + below


def _last_success(kind: str) -> datetime | None:
    run = Run.objects.filter(kind=kind, state=Run.State.SUCCEEDED).order_by("-finished_at").first()
    return run.finished_at if run else None
