"""The exports of an audience, in a card of its page."""

from typing import Any

from django import template

from segmentation.activation import selectors
from segmentation.audiences.models import Audience
from segmentation.runs.selectors import UNHAPPY, active_run, runs_of

register = template.Library()

SHOWN = 5


@register.inclusion_tag("segmentation/audiences/exports.html", takes_context=True)
def exports_of(context: template.Context, audience: Audience) -> dict[str, Any]:
    """What was exported, what is being exported, and the form."""
    exporting = active_run("activation.export", audience.key)
    last = next(iter(runs_of("activation.export", audience.key, limit=1)), None)
    return {
        "audience": audience,
        "exports": selectors.export_list(audience)[:SHOWN],
        "exporting": exporting,
        "failed": last if last and last.state in UNHAPPY else None,
        "chosen": audience.suggested.get("columns", ["external_id"]),
        "destinations": selectors.destinations(),
        "columns": selectors.export_columns(context["user"]),
        "perms": context["perms"],
        "csrf_token": context.get("csrf_token"),
    }
