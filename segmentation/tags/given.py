"""What people and lists say of customers, as it stood at a moment, and how it is laid over what a tag computes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q
from pyroaring import BitMap

from customers.models import Customer
from segmentation.sets import store
from segmentation.tags.given_models import ValueList
from segmentation.tags.kinds.base import Outcome
from segmentation.tags.models import Tag

# By value; the empty one is of customers who are to have none.
Given = dict[str, BitMap]


def given_at(tag: Tag, as_of: datetime) -> Given:
    """Who has which value by a person's word at this moment; of an exclusive tag the newest word alone."""
    rows = tag.given_values.filter(Q(until=None) | Q(until__gt=as_of), since__lte=as_of).order_by("since", "pk")
    merged = merged_customers()
    newest: dict[tuple[int, str], str] = {}
    for customer, value in rows.values_list("customer_id", "value").iterator():
        newest[merged.get(customer, customer), "" if tag.exclusive else value] = value
    found: Given = {}
    for (customer, _place), value in newest.items():
        found.setdefault(value, BitMap()).add(customer)
    return found


def listed_at(tag: Tag, as_of: datetime) -> Given:
    """Who has which value by the lists that were taken up to this moment."""
    found: Given = {}
    for taken in reversed(_lists_in_force(tag, as_of)):
        for value, members in msgspec.msgpack.decode(bytes(taken.members), type=dict[str, bytes]).items():
            found[value] = found.get(value, BitMap()) | store.load(members)
    return {value: followed(members) for value, members in found.items()}


def laid_over(outcome: Outcome, given: Mapping[str, BitMap], *, everybody: BitMap, exclusive: bool) -> Outcome:
    """The outcome with people's words: in an exclusive tag they take the place of what was computed, else they add.

    A word on a value that is no longer there counts for nothing: what is computed holds, and the details say of how
    many customers (`by_hand_gone`).
    """
    known = {"", *(value.key for value in outcome.values)}
    gone = BitMap.union(BitMap(), *(having for key, having in given.items() if key not in known)) & everybody
    given = {key: having for key, having in given.items() if key in known}
    spoken = BitMap.union(BitMap(), *given.values())
    replaced = spoken if exclusive else given.get("", BitMap())
    members = {
        value.key: (outcome.members[value.key] - replaced) | (given.get(value.key, BitMap()) & everybody)
        for value in outcome.values
    }
    details = {**outcome.details, "by_hand": len(spoken & everybody)}
    if gone:
        details["by_hand_gone"] = len(gone)
    return replace(outcome, members=members, details=details, origins={"by_hand": given, **outcome.origins})


def followed(members: BitMap) -> BitMap:
    """These customers, each who was merged into another replaced by that one."""
    merged = merged_customers()
    gone = members & BitMap(merged)
    return (members - gone) | BitMap(merged[pk] for pk in gone)


def merged_customers() -> dict[int, int]:
    """Every customer that was merged, with the one they are now."""
    into: dict[int, Any] = dict(Customer.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    return {pk: _last(pk, into) for pk in into}


def _last(pk: int, into: Mapping[int, int]) -> int:
    seen = {pk}
    while pk in into and into[pk] not in seen:
        pk = into[pk]
        seen.add(pk)
    return pk


def _lists_in_force(tag: Tag, as_of: datetime) -> list[ValueList]:
    """The newest first, down to the newest that replaced all before it."""
    found = []
    for taken in _newest_first(tag, as_of):
        found.append(taken)
        if taken.mode == ValueList.Mode.REPLACE:
            break
    return found


def _newest_first(tag: Tag, as_of: datetime) -> Iterable[ValueList]:
    return tag.lists.filter(at__lte=as_of).order_by("-at", "-pk").iterator(chunk_size=10)
