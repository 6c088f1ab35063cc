"""Imports in templates: state, duration, reasons."""

from datetime import datetime

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from customers.import_selectors import reason_of
from customers.ingest.contents import contents_of
from customers.ingest.contents.base import SetAside
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
    """Whether a row of a preview is not stored."""
    return isinstance(read, SetAside)


@register.filter
def contents_name(batch: ImportBatch) -> str:
    """What the rows are about, and the format they came in."""
    return f"{contents_of(batch.contents).name} · {batch.source}" if batch.contents else batch.source


@register.filter
def cell(value: object) -> str:
    """A cell of a preview, as people write it."""
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    return number_format(value) if isinstance(value, float | int) else str(value)


@register.filter
def is_number(value: object) -> bool:
    """Whether a cell is written to the right."""
    return isinstance(value, float | int)
