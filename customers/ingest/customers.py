"""Stores what is known of customers: traits in the open, identifiers encrypted, e-mail and phone also to look up by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from customers import bulk, identities
from customers.ingest.catalogue import learn
from customers.ingest.records import CustomerRecord
from customers.models import Customer, Identity
from customers.privacy import personal
from customers.privacy.crypto import blind_index


def store_customers(records: Sequence[CustomerRecord]) -> None:
    """Store the records in their order; of two about one customer the later wins. Belongs in a transaction."""
    if not records:
        return
    ids = identities.resolve(_first_seen(records))
    _store_traits((ids[record.user_id], record.traits) for record in records)
    personal.write(_people(records, ids))
    for kind, field in ((Identity.Kind.EMAIL, "email"), (Identity.Kind.PHONE, "phone")):
        known = ((ids[record.user_id], getattr(record, field)) for record in records)
        identities.link(kind, ((customer, blind_index(kind, value)) for customer, value in known if value))


def _people(records: Iterable[CustomerRecord], ids: Mapping[str, int]) -> dict[int, CustomerRecord]:
    """One record a customer: the last, completed by what only earlier ones say."""
    people: dict[int, CustomerRecord] = {}
    for record in records:
        earlier = people.get(ids[record.user_id], record)
        missing = {field: getattr(earlier, field) for field in personal.FIELDS if not getattr(record, field)}
        people[ids[record.user_id]] = msgspec.structs.replace(record, **missing)
    return people


def _store_traits(changes: Iterable[tuple[int, dict[str, Any]]]) -> None:
    merged: dict[int, dict[str, Any]] = {}
    for customer, traits in changes:
        merged[customer] = merged.get(customer, {}) | traits
    before = dict(Customer.objects.filter(pk__in=merged).values_list("pk", "traits"))
    changed = {
        customer: {name: value for name, value in traits.items() if value != before[customer].get(name)}
        for customer, traits in merged.items()
    }
    learn(traits=[traits for traits in changed.values() if traits])
    now = bulk.stored_time(timezone.now())
    rows = [(_json(before[customer] | traits), now, customer) for customer, traits in changed.items() if traits]
    bulk.update(Customer, ["traits", "updated_at"], rows)


def _json(traits: Mapping[str, Any]) -> str:
    return msgspec.json.encode({name: value for name, value in traits.items() if value is not None}).decode()


def _first_seen(records: Iterable[CustomerRecord]) -> dict[str, datetime]:
    seen: dict[str, datetime] = {}
    for record in records:
        seen[record.user_id] = min(record.time, seen.get(record.user_id, record.time))
    return seen
