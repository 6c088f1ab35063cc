"""Validate → resolve identity → store: the one way by which facts enter the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers import bulk, identities
from customers.errors import CustomersError
from customers.ingest.catalogue import learn
from customers.ingest.customers import store_customers
from customers.ingest.records import EventRecord, Record
from customers.ingest.validate import Refusal, check
from customers.locks import FACTS, take_turns
from customers.models import Event

EVENT_FIELDS = ["message_id", "customer", "name", "time", "received_at", "properties"]


@dataclass(frozen=True)
class Report:
    """What became of the records handed in: stored, duplicates (by id), customers and refused make up all of them."""

    stored: int
    duplicates: list[str]
    customers: int
    refused: list[Refusal]


def ingest(records: Iterable[Record], *, received_at: datetime | None = None) -> Report:
    """Store events and what is known of customers, in one transaction; a repeated `message_id` changes nothing.

    A record that cannot be stored is reported with the reason and harms no other. Hand in at most a few thousand at
    a time, so that other writers get their turn.
    """
    checked = check(records)
    with transaction.atomic():
        # One writer at a time, as on SQLite, so that event ids are in the order of commits too.
        take_turns(FACTS)
        stored, duplicates = _store_events(checked.events, received_at or timezone.now())
        store_customers(checked.customers)
    return Report(stored, duplicates, len(checked.customers), checked.refused)


def _store_events(events: Sequence[tuple[EventRecord, str]], received_at: datetime) -> tuple[int, list[str]]:
    """Store the events that are not there yet; say how many, and the ids of the others."""
    known = bulk.present(Event, "message_id", [event.message_id for event, _ in events])
    new: list[tuple[EventRecord, str]] = []
    duplicates: list[str] = []
    for event, encoded in events:
        if event.message_id in known:
            duplicates.append(event.message_id)
        else:
            known.add(event.message_id)
            new.append((event, encoded))
    learn(events=[event for event, _ in new])
    stored = bulk.insert(Event, EVENT_FIELDS, _event_rows(new, received_at), unless=["message_id"])
    if stored < len(new):
        raise CustomersError("Something else than the pipeline stores events.", code="not_alone")
    return stored, duplicates


def _event_rows(events: Sequence[tuple[EventRecord, str]], received_at: datetime) -> Iterator[tuple]:
    customers = identities.resolve(_first_seen(event for event, _ in events))
    received = bulk.stored_time(received_at)
    times = bulk.stored_times(event.time for event, _ in events)
    for (event, encoded), time in zip(events, times, strict=True):
        yield event.message_id, customers[event.user_id], event.name, time, received, encoded


def _first_seen(events: Iterable[EventRecord]) -> dict[str, datetime]:
    seen: dict[str, datetime] = {}
    for event in events:
        if event.user_id not in seen or event.time < seen[event.user_id]:
            seen[event.user_id] = event.time
    return seen
