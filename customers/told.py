"""Traits: what was told under each name and when, and what follows for the customer. The newest counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from django.utils import timezone

from customers import bulk
from customers.ingest.catalogue import learn
from customers.ingest.records import CustomerRecord
from customers.models import Customer, ToldTraits
from customers.privacy import personal

# Trait → [value, when, message id].
Told = dict[str, list[Any]]


class Change(NamedTuple):
    """Traits told of one customer at one time; None: forget it."""

    customer: int
    traits: Mapping[str, Any]
    time: datetime
    message_id: str = ""


def note(changes: Sequence[Change]) -> None:
    """Remember what was told, unless something newer was, and renew the customers' traits."""
    said = [change for change in changes if change.traits]
    if not said:
        return
    known = _told({change.customer for change in said})
    for change in said:
        _take_in(known[change.customer], change)
    _store(known)
    roots = Customer.objects.filter(pk__in=known).values_list("pk", "merged_into_id")
    renew({root or pk for pk, root in roots})


def renew(customers: Iterable[int]) -> None:
    """Make the traits of these customers anew from what was told of them and of those merged into them."""
    groups = groups_of(customers)
    told = _told({pk for group in groups.values() for pk in group})
    before = dict(Customer.objects.filter(pk__in=groups).values_list("pk", "traits"))
    now, rows, learnt = bulk.stored_time(timezone.now()), [], []
    for root, group in groups.items():
        traits = newest(told[pk] for pk in group)
        if traits != before[root]:
            learnt.append({name: value for name, value in traits.items() if value != before[root].get(name)})
            rows.append((_json(traits), now, root))
    learn(traits=[traits for traits in learnt if traits])
    bulk.update(Customer, ["traits", "updated_at"], rows)


def newest_identifiers(records: Iterable[tuple[int, CustomerRecord]]) -> dict[int, dict[str, str]]:
    """Name, e-mail, phone and address told of these customers (by id), without those older than what is known."""
    told = [(customer, record) for customer, record in records if any(getattr(record, f) for f in personal.FIELDS)]
    _told({customer for customer, _ in told})
    times = dict(ToldTraits.objects.filter(pk__in=[pk for pk, _ in told]).values_list("pk", "identifiers"))
    found: dict[int, dict[str, str]] = {}
    for customer, record in told:
        when = [moment_text(record.time), record.message_id]
        for field in personal.FIELDS:
            value = getattr(record, field)
            if value and when >= times[customer].get(field, ["", ""]):
                found.setdefault(customer, {})[field] = value
                times[customer][field] = when
    bulk.update(ToldTraits, ["identifiers"], [(_json(times[pk]), pk) for pk in found])
    return found


def newest(parts: Iterable[Told]) -> dict[str, Any]:
    """Of each trait the value told last, without those to be forgotten.

    >>> newest([{"city": ["Rome", "2026-01-01", "m1"]}, {"city": ["Oslo", "2026-02-01", "m2"]}])
    {'city': 'Oslo'}
    """
    found: Told = {}
    for part in parts:
        for name, entry in part.items():
            if name not in found or entry[1:] >= found[name][1:]:
                found[name] = entry
    return {name: found[name][0] for name in sorted(found) if found[name][0] is not None}


def groups_of(customers: Iterable[int]) -> dict[int, list[int]]:
    """Each of these customers that is not merged into another, with those merged into it."""
    wanted = set(customers)
    groups = {pk: [pk] for pk in Customer.objects.filter(pk__in=wanted, merged_into=None).values_list("pk", flat=True)}
    for pk, root in Customer.objects.filter(merged_into__in=groups).order_by("pk").values_list("pk", "merged_into_id"):
        if root is not None:
            groups[root].append(pk)
    return groups


def moment_text(time: datetime) -> str:
    """A time as text whose order is that of time."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _take_in(told: Told, change: Change) -> None:
    when = [moment_text(change.time), change.message_id]
    for name, value in change.traits.items():
        if name not in told or when >= told[name][1:]:
            told[name] = [value, *when]


def _told(customers: set[int]) -> dict[int, Told]:
    """What was told of each; of one that was known before it was kept: its traits, as of when it was first seen."""
    found: dict[int, Told] = dict(ToldTraits.objects.filter(pk__in=customers).values_list("pk", "traits"))
    others = Customer.objects.filter(pk__in=customers - found.keys()).values_list("pk", "traits", "first_seen_at")
    older = {
        pk: {name: [value, moment_text(seen), ""] for name, value in traits.items()} for pk, traits, seen in others
    }
    _store(older)
    return found | older


def _store(told: Mapping[int, Told]) -> None:
    texts = {pk: _json(traits) for pk, traits in told.items()}
    new = [(pk, text, "{}") for pk, text in texts.items()]
    bulk.insert(ToldTraits, ["customer", "traits", "identifiers"], new, unless=["customer"])
    bulk.update(ToldTraits, ["traits"], [(text, pk) for pk, text in texts.items()])


def _json(traits: Mapping[str, Any]) -> str:
    return msgspec.json.encode(traits).decode()
