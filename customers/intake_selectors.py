"""What the page on intake shows: what each source sent, what was set aside and why, which values fit no type."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Event, IntakeMinute, Property, QuarantinedMessage, Source
from customers.tracking import books, quarantine

SHOWN_MISFITS = 10


@dataclass(frozen=True)
class SourceIntake:
    """A source (None: requests with an unknown key), and what became of what it sent."""

    source: Source | None
    counts: dict[str, int]
    last: datetime | None


@dataclass(frozen=True)
class Aside:
    """Messages that wait, by reason."""

    reason: str
    text: str
    messages: int
    newest: datetime


def sources(since: datetime) -> list[SourceIntake]:
    """Every source with what it sent since then, and requests with a key that nobody knows if there were any."""
    counts = books.intake_since(since)
    last = dict(IntakeMinute.objects.filter(events__gt=0).values_list("source_id").annotate(Max("minute")))
    nothing = dict.fromkeys(books.FIELDS, 0)
    found = [
        SourceIntake(source, counts.get(source.pk, nothing), last.get(source.pk))
        for source in Source.objects.order_by("name")
    ]
    unknown = counts.get(books.NOBODY)
    return [*found, SourceIntake(None, unknown, None)] if unknown else found


def hourly_chart(until: datetime) -> dict[str, Any]:
    """Events of each of the last 24 hours."""
    first = (until - timedelta(hours=23)).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours: Counter[datetime] = Counter()
    for minute, events in IntakeMinute.objects.filter(minute__gte=first).values_list("minute").annotate(Sum("events")):
        hours[minute.replace(minute=0)] += events
    shown = [first + timedelta(hours=number) for number in range(24)]
    return {
        "x": [date_format(timezone.localtime(hour), "H:i") for hour in shown],
        "series": [{"name": _("Events"), "data": [hours[hour] for hour in shown]}],
        "legend": False,
    }


def set_aside() -> list[Aside]:
    """Messages that wait for somebody, by reason, most first."""
    rows = (
        waiting()
        .values_list("reason")
        .annotate(messages=Count("pk"), newest=Max("received_at"))
        .order_by("-messages", "reason")
    )
    return [Aside(reason, str(quarantine.REASONS.get(reason, reason)), count, newest) for reason, count, newest in rows]


def waiting(reason: str = "") -> QuerySet[QuarantinedMessage]:
    """Messages that wait for somebody, of one reason if it is given, oldest first."""
    found = QuarantinedMessage.objects.filter(state=QuarantinedMessage.State.WAITING)
    return found.filter(reason=reason).order_by("pk") if reason else found


def misfits() -> list[Property]:
    """Properties with values that do not fit their type, most first."""
    return list(
        Property.objects.filter(misfits__gt=0).select_related("event_type").order_by("-misfits")[:SHOWN_MISFITS]
    )


def latest_event() -> datetime | None:
    """When the newest event came in."""
    return Event.objects.order_by("-pk").values_list("received_at", flat=True).first()
