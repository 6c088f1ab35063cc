"""Which customer is meant: user ids, and e-mails and phones by their blind index."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from customers import bulk
from customers.models import Customer, Identity
from customers.privacy.crypto import blind_index

Kind = Identity.Kind
HASHED_KINDS = frozenset({Kind.EMAIL, Kind.PHONE})


def resolve(first_seen: Mapping[str, datetime]) -> dict[str, int]:
    """The customers behind these user ids, by user id; those not known yet are created.

    The times tell when each was seen; a customer's first seen moves back if one is earlier.
    """
    found = _known(first_seen)
    if missing := [user_id for user_id in first_seen if user_id not in found]:
        _create({user_id: first_seen[user_id] for user_id in missing})
        found |= _known(missing)
    seen_earlier: dict[int, datetime] = {}
    for user_id, (customer_id, known_since) in found.items():
        if first_seen[user_id] < seen_earlier.get(customer_id, known_since):
            seen_earlier[customer_id] = first_seen[user_id]
    _move_first_seen(seen_earlier)
    return {user_id: customer_id for user_id, (customer_id, _) in found.items()}


def link(kind: Kind, values: Iterable[tuple[int, str]]) -> int:
    """Note (customer id, value) pairs as identities; a value that belongs to somebody already stays theirs."""
    now = bulk.stored_time(timezone.now())
    rows = [(kind.value, value, customer_id, now) for customer_id, value in values]
    return bulk.insert(Identity, ["kind", "value", "customer", "created_at"], rows, unless=["kind", "value"])


def customers_known_as(kind: Kind, value: str) -> QuerySet[Customer]:
    """The customer with this identity, as a queryset of one or none; e-mails and phones are looked up hashed."""
    stored = blind_index(kind, value) if kind in HASHED_KINDS else value
    return Customer.objects.filter(identities__kind=kind, identities__value=stored)


def _known(user_ids: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    rows = Identity.objects.filter(kind=Kind.USER_ID, value__in=list(user_ids)).values_list(
        "value", "customer_id", "customer__merged_into_id", "customer__first_seen_at"
    )
    return {value: (merged_into or customer, since) for value, customer, merged_into, since in rows}


def _create(first_seen: Mapping[str, datetime]) -> None:
    now = bulk.stored_time(timezone.now())
    rows = [(user_id, "{}", bulk.stored_time(seen), now, now) for user_id, seen in first_seen.items()]
    fields = ["external_id", "traits", "first_seen_at", "created_at", "updated_at"]
    bulk.insert(Customer, fields, rows, unless=["external_id"])
    created = Customer.objects.filter(external_id__in=list(first_seen)).values_list("id", "external_id")
    link(Kind.USER_ID, created)


def _move_first_seen(earlier: Mapping[int, datetime]) -> None:
    now = bulk.stored_time(timezone.now())
    rows = [(bulk.stored_time(seen), now, customer_id) for customer_id, seen in earlier.items()]
    bulk.update(Customer, ["first_seen_at", "updated_at"], rows)
