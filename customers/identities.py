"""Which customer is meant: names by which facts are told, links between names, and whom each name belongs to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from customers import bulk, merging
from customers.models import Customer, Identity, IdentityLink
from customers.privacy.crypto import blind_index

Kind = Identity.Kind
HASHED_KINDS = frozenset({Kind.EMAIL, Kind.PHONE})

# An identity: its kind, and its value as it is stored.
Key = tuple[str, str]


class Mention(NamedTuple):
    """Something was told of `who` at `time`, and with it that `others` are names of the same customer."""

    who: Key
    time: datetime
    others: tuple[Key, ...] = ()


class Alias(NamedTuple):
    """Somebody told that two names are the same customer's, in as many words; `previous` was given up for `now`."""

    previous: Key
    now: Key
    time: datetime


class _Known(NamedTuple):
    """An identity as it is stored."""

    id: int
    own: int | None
    customer: int
    first_told: datetime | None


def settle(mentions: Sequence[Mention], aliases: Sequence[Alias] = ()) -> dict[Key, int]:
    """Where facts told under these names are kept: a customer per name, made if need be. Belongs in a transaction.

    Whose facts they are in the end (`Customer.merged_into`) follows from all links there are, not from their order.
    """
    first_seen = _first_seen(mentions)
    links = _links(mentions, aliases)
    keys = {*first_seen, *(key for pair in links for key in pair[:2])}
    known = _known(keys)
    touched = _give_own_rows(first_seen, known)
    _add_names(keys, links, known)
    touched |= _note_links(links, known)
    _note_first_told(first_seen, known)
    if touched:
        merging.rearrange(touched)
        # Whose they are now, not whose they were when this was told.
        known = _known(first_seen)
    _move_first_seen(first_seen, known)
    return {key: own for key in first_seen if (own := known[key].own)}


def resolve(first_seen: Mapping[str, datetime]) -> dict[str, int]:
    """The customers behind these user ids, by user id; those not known yet are created.

    The times tell when each was seen; a customer's first seen moves back if one is earlier.
    """
    found = settle([Mention((Kind.USER_ID.value, user_id), seen) for user_id, seen in first_seen.items()])
    return {user_id: customer for (_, user_id), customer in found.items()}


def customers_known_as(kind: Kind, value: str) -> QuerySet[Customer]:
    """The customer with this identity, as a queryset of one or none; e-mails and phones are looked up hashed."""
    stored = blind_index(kind, value) if kind in HASHED_KINDS else value
    return Customer.objects.filter(identities__kind=kind, identities__value=stored)


def contact(kind: Kind, value: str) -> Key:
    """An e-mail or phone as an identity."""
    return kind.value, blind_index(kind, value)


def anonymous_number(value: str) -> str:
    """The customer number of somebody who is known by an anonymous id only."""
    return "~" + sha256(value.encode()).hexdigest()[:24]


def _first_seen(mentions: Iterable[Mention]) -> dict[Key, datetime]:
    seen: dict[Key, datetime] = {}
    for mention in mentions:
        if mention.who not in seen or mention.time < seen[mention.who]:
            seen[mention.who] = mention.time
    return seen


def _links(mentions: Iterable[Mention], aliases: Iterable[Alias]) -> dict[tuple[Key, Key, str], datetime]:
    links: dict[tuple[Key, Key, str], datetime] = {}
    pairs = [((m.who, other, IdentityLink.Kind.SEEN.value), m.time) for m in mentions for other in m.others]
    pairs += [((a.previous, a.now, IdentityLink.Kind.ALIAS.value), a.time) for a in aliases]
    for pair, time in pairs:
        links[pair] = min(time, links.get(pair, time))
    return links


def _known(keys: Iterable[Key]) -> dict[Key, _Known]:
    fields = ["kind", "value", "id", "own", "customer", "first_told_at"]
    rows = bulk.select(Identity, fields, ["kind", "value"], keys)
    return {(kind, value): _Known(*known) for kind, value, *known in rows}


def _give_own_rows(first_seen: Mapping[Key, datetime], known: dict[Key, _Known]) -> set[int]:
    """A customer for each name that has none yet; say which of those names were known before."""
    lacking = {key: seen for key, seen in first_seen.items() if key not in known or known[key].own is None}
    if not lacking:
        return set()
    numbers = {_number(key): key for key in lacking}
    now = bulk.stored_time(timezone.now())
    rows = [(number, "{}", bulk.stored_time(lacking[key]), now, now) for number, key in numbers.items()]
    fields = ["external_id", "traits", "first_seen_at", "created_at", "updated_at"]
    bulk.insert(Customer, fields, rows, unless=["external_id"])
    made = bulk.select(Customer, ["external_id", "id"], ["external_id"], ((number,) for number in numbers))
    own = {numbers[number]: customer for number, customer in made}
    named = [(own[key], known[key].id) for key in lacking if key in known]
    bulk.update(Identity, ["own"], named)
    _insert([(*key, customer, customer, bulk.stored_time(lacking[key])) for key, customer in own.items()])
    known |= _known(lacking)
    return {identity for _, identity in named}


def _number(key: Key) -> str:
    return key[1] if key[0] == Kind.USER_ID else anonymous_number(key[1])


def _add_names(keys: set[Key], links: Iterable[tuple[Key, Key, str]], known: dict[Key, _Known]) -> None:
    """Names that are only mentioned belong, for the moment, to one they were mentioned with."""
    new = keys - known.keys()
    if not new:
        return
    beside: dict[Key, Key] = {}
    for first, second, _ in links:
        beside.setdefault(second, first)
        beside.setdefault(first, second)
    owners = {key: known.get(beside[key]) for key in new}
    if strangers := [key for key, owner in owners.items() if owner is None]:
        raise LookupError(f"nothing was told of {strangers[0][0]}")
    _insert([(*key, owner.customer, None, None) for key, owner in owners.items() if owner])
    known |= _known(new)


def _insert(rows: Iterable[tuple]) -> None:
    now = bulk.stored_time(timezone.now())
    fields = ["kind", "value", "customer", "own", "first_told_at", "created_at"]
    bulk.insert(Identity, fields, [(*row, now) for row in rows], unless=["kind", "value"])


def _note_links(links: Mapping[tuple[Key, Key, str], datetime], known: Mapping[Key, _Known]) -> set[int]:
    """Links that are new, or older than was known; say which identities they join."""
    told = {(known[first].id, known[second].id, kind): at for (first, second, kind), at in links.items()}
    stored = _stored_links(told)
    new = [(*pair, bulk.stored_time(at)) for pair, at in told.items() if pair not in stored]
    earlier = [
        (bulk.stored_time(at), stored[pair][0]) for pair, at in told.items() if pair in stored and at < stored[pair][1]
    ]
    bulk.insert(IdentityLink, ["first", "second", "kind", "at"], new, unless=["first", "second", "kind"])
    bulk.update(IdentityLink, ["at"], earlier)
    moved = {pair for pair, at in told.items() if pair not in stored or at < stored[pair][1]}
    return {identity for first, second, _ in moved for identity in (first, second)}


def _stored_links(told: Iterable[tuple[int, int, str]]) -> dict[tuple[int, int, str], tuple[int, datetime]]:
    names = ["first", "second", "kind"]
    rows = bulk.select(IdentityLink, [*names, "id", "at"], names, told)
    return {(first, second, kind): (pk, at) for first, second, kind, pk, at in rows}


def _note_first_told(first_seen: Mapping[Key, datetime], known: Mapping[Key, _Known]) -> None:
    """When something was first told under these names."""
    earlier = [
        (bulk.stored_time(seen), known[key].id)
        for key, seen in first_seen.items()
        if (before := known[key].first_told) is None or seen < before
    ]
    bulk.update(Identity, ["first_told_at"], earlier)


def _move_first_seen(first_seen: Mapping[Key, datetime], known: Mapping[Key, _Known]) -> None:
    """Back, if customers were seen earlier than was known: under their own name, or under one that is theirs."""
    seen: dict[int, datetime] = {}
    for key, at in first_seen.items():
        for customer in filter(None, (known[key].own, known[key].customer)):
            seen[customer] = min(at, seen.get(customer, at))
    since = bulk.select(Customer, ["pk", "first_seen_at"], ["pk"], ((pk,) for pk in seen))
    now = bulk.stored_time(timezone.now())
    moved = [(bulk.stored_time(seen[pk]), now, pk) for pk, before in since if seen[pk] < before]
    bulk.update(Customer, ["first_seen_at", "updated_at"], moved)
