"""The books of intake: for each source and minute, what became of what it sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Sum

from customers import bulk
from customers.models import IntakeMinute
from customers.tracking.messages import Envelope

# Stands for a sender whose write key nobody knows.
NOBODY = 0
FIELDS = ("events", "profiles", "duplicates", "quarantined", "refused")

# A source and a minute.
Page = tuple[int, datetime]


@dataclass
class Counts:
    """What became of messages (the last: of requests)."""

    events: int = 0
    profiles: int = 0
    duplicates: int = 0
    quarantined: int = 0
    refused: int = 0


def page_of(envelope: Envelope) -> Page:
    """Where messages of this request are counted."""
    return envelope.source_id, _minute(envelope.received)


def add(counts: Mapping[Page, Counts]) -> None:
    """Add to the books. Belongs in the transaction of what is counted."""
    quote = connection.ops.quote_name
    table = quote(IntakeMinute._meta.db_table)
    columns = ", ".join(map(quote, ("source_id", "minute", *FIELDS)))
    added = ", ".join(f"{quote(field)} = {table}.{quote(field)} + excluded.{quote(field)}" for field in FIELDS)
    statement = (  # names of our own model, quoted; values are parameters
        f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * (len(FIELDS) + 2))}) "  # noqa: S608
        f"ON CONFLICT ({quote('source_id')}, {quote('minute')}) DO UPDATE SET {added}"
    )
    rows = [(source, bulk.stored_time(minute), *vars(count).values()) for (source, minute), count in counts.items()]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def refuse(source_id: int, at: datetime) -> None:
    """A request of this source was turned away."""
    add({(source_id, _minute(at)): Counts(refused=1)})


def intake_since(time: datetime) -> dict[int, dict[str, int]]:
    """What became of messages received since then, by source."""
    sums = [Sum(field) for field in FIELDS]
    rows = IntakeMinute.objects.filter(minute__gte=time).values_list("source_id").annotate(*sums).order_by("source_id")
    return {row[0]: dict(zip(FIELDS, row[1:], strict=True)) for row in rows}


def _minute(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(second=0, microsecond=0)
