"""Validate → resolve identity → store: the one way by which facts enter the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers import bulk, identities
from customers.errors import CustomersError
from customers.ingest import settled
from customers.ingest.catalogue import learn
from customers.ingest.customers import store_customers
from customers.ingest.names import alias_mentions, aliases_of, mention_of, name_of
from customers.ingest.records import AliasRecord, EventRecord, Record
from customers.ingest.validate import Checked, Refusal, check
from customers.locks import FACTS, take_turns
from customers.models import Event
from customers.privacy.erased_names import erased, last_erased
from customers.touched import PROFILE

EVENT_FIELDS = ["message_id", "customer", "name", "time", "received_at", "properties", "source"]

# An event, and its properties as JSON text.
Encoded = tuple[EventRecord, str]


@dataclass(frozen=True)
class Report:
    """What became of the records handed in: all parts together make up all of them.

    `duplicates` and `suppressed` are ids of events. Suppressed are those of customers who were erased: nothing of
    them is kept, and what was told of such a customer otherwise is passed over and counted with `customers`.
    """

    stored: int
    duplicates: list[str]
    customers: int
    refused: list[Refusal]
    suppressed: list[str] = field(default_factory=list)
    # Of whom what was told: the event's name, or "" for who they are. Repeated events tell nothing.
    touched: frozenset[tuple[int, str]] = frozenset()


def ingest(records: Iterable[Record], *, received_at: datetime | None = None) -> Report:
    """Store events and what is known of customers, in one transaction; a repeated `message_id` changes nothing.

    A record that cannot be stored is reported with the reason and harms no other. Hand in at most a few thousand at
    a time, so that other writers get their turn.
    """
    checked = check(records)
    with transaction.atomic():
        # One writer at a time, as on SQLite, so that event ids are in the order of commits too.
        take_turns(FACTS)
        told = len(checked.customers) + len(checked.aliases)
        newest = last_erased()
        suppressed = _drop_erased(checked) if newest else []
        events, duplicates = _new_events(checked.events)
        learn(events=[event for event, _ in events])
        mentions = [mention_of(event) for event, _ in events]
        mentions += [mention_of(record) for record in checked.customers]
        ids = _customers(mentions, checked.aliases, newest)
        _insert(events, ids, received_at or timezone.now())
        store_customers(checked.customers, ids)
    touched = {(ids[name_of(event)], event.name) for event, _ in events}
    touched |= {(ids[name_of(record)], PROFILE) for record in checked.customers}
    return Report(len(events), duplicates, told, checked.refused, suppressed, frozenset(touched))


def _customers(
    mentions: Sequence[identities.Mention], told: Sequence[AliasRecord], newest_erased: int
) -> dict[identities.Key, int]:
    """Where facts told under these names are kept; nobody whom this process has settled before is looked up."""
    ids, rest = settled.known([*mentions, *alias_mentions(told)], last_erased=newest_erased)
    found = identities.settle(rest, list(aliases_of(told))) if rest or told else {}
    settled.remember(rest, found)
    return ids | found


def _drop_erased(checked: Checked) -> list[str]:
    """Take out what is told of customers who were erased; the ids of such events."""
    gone = erased(
        [
            *(name_of(event) for event, _ in checked.events),
            *(name_of(record) for record in checked.customers),
            *(key for alias in aliases_of(checked.aliases) for key in (alias.previous, alias.now)),
        ]
    )
    if not gone:
        return []
    suppressed = [event.message_id for event, _ in checked.events if name_of(event) in gone]
    checked.events = [(event, text) for event, text in checked.events if name_of(event) not in gone]
    checked.customers = [record for record in checked.customers if name_of(record) not in gone]
    checked.aliases = [
        record
        for record in checked.aliases
        if not any(gone.intersection((alias.previous, alias.now)) for alias in aliases_of([record]))
    ]
    return suppressed


def _new_events(events: Sequence[Encoded]) -> tuple[list[Encoded], list[str]]:
    """The events that are not there yet, and the ids of the others."""
    known = bulk.present(Event, "message_id", [event.message_id for event, _ in events])
    new: list[Encoded] = []
    duplicates: list[str] = []
    for event, encoded in events:
        if event.message_id in known:
            duplicates.append(event.message_id)
        else:
            known.add(event.message_id)
            new.append((event, encoded))
    return new, duplicates


def _insert(events: Sequence[Encoded], ids: Mapping[identities.Key, int], received_at: datetime) -> None:
    received = bulk.stored_time(received_at)
    times = bulk.stored_times(event.time for event, _ in events)
    rows = [
        (event.message_id, ids[name_of(event)], event.name, time, received, encoded, event.source_id)
        for (event, encoded), time in zip(events, times, strict=True)
    ]
    if bulk.insert(Event, EVENT_FIELDS, rows, unless=["message_id"]) < len(rows):
        raise CustomersError("Something else than the pipeline stores events.", code="not_alone")
