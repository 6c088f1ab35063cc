"""Imports in templates: state, duration, reasons."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customers.import_selectors import reason_of
from customers.ingest.order_lines import SetAside
from customers.models import ImportBatch, ImportReject

register = template.Library()

COLOURS = {
    ImportBatch.State.QUEUED: "secondary",
    ImportBatch.State.RUNNING: "blue",
    ImportBatch.State.DONE: "green",
    ImportBatch.State.FAILED: "red",
}


@register.filter
def import_state(batch: ImportBatch) -> SafeString:
    """The state as a badge."""
    colour = COLOURS[ImportBatch.State(batch.state)]
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, batch.get_state_display())


@register.filter
def import_seconds(batch: ImportBatch) -> float | None:
    """How long the import took."""
    return (batch.finished_at - batch.created_at).total_seconds() if batch.finished_at else None


@register.filter
def reject_reason(reject: ImportReject | SetAside) -> str:
    """Why a row was set aside, in words."""
    return reason_of(reject)  # type: ignore[arg-type]  # all it reads is the reason


@register.filter
def is_set_aside(read: object) -> bool:
    """Whether a row of a preview becomes no order line."""
    return isinstance(read, SetAside)
