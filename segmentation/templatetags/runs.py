"""Runs in every template: their name, their page, their state, their live progress."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from segmentation.runs.models import Run
from segmentation.runs.names import PAGES, kind_name
from segmentation.runs.progress import phase_of, progress_of

register = template.Library()

COLOURS = {
    Run.State.QUEUED: "secondary",
    Run.State.RUNNING: "blue",
    Run.State.SUCCEEDED: "green",
    Run.State.FAILED: "red",
    Run.State.DEAD: "red",
    Run.State.CANCELLED: "secondary",
}


@register.filter
def run_name(run: Run) -> Promise | str:
    """What the run computes, in words."""
    return kind_name(run.kind)


@register.filter
def history_kind(run: Run) -> str:
    """The word for a run's subject in the address of its history."""
    return run.kind.removesuffix("s.compute")


@register.filter
def alert_value(alert: dict[str, Any]) -> str:
    """The value of a size alert, in the active language."""
    first, second = ("zh", "en") if (get_language() or "").startswith("zh") else ("en", "zh")
    return alert[first] or alert[second] or alert["value"]


@register.filter
def subject_url(run: Run) -> str:
    """The page of the run's subject; empty when it has none."""
    page = PAGES.get(run.kind)
    return reverse(page, args=[run.subject]) if page and run.subject else ""


@register.filter
def run_state(run: Run) -> SafeString:
    """The state as a badge."""
    colour = COLOURS[Run.State(run.state)]
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, run.get_state_display())


@register.filter
def run_seconds(run: Run) -> float | None:
    """How long the run took; None while it has not ended, or never began."""
    if not run.started_at or not run.finished_at:
        return None
    return (run.finished_at - run.started_at).total_seconds()


@register.filter
def run_phase(run: Run) -> str:
    """What the run is doing, in words."""
    return phase_of(run)


@register.inclusion_tag("partials/progress.html")
def run_progress(run: Run) -> dict[str, Any]:
    """The live bar of a run."""
    return progress_of(run)
