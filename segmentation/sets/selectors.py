"""Sets and their members, to show."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from pyroaring import BitMap

from customers.models import Customer
from customers.selectors import personal_view
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion

BITMAPS = ("members", "entered", "left")


@dataclass(frozen=True)
class Member:
    """A customer of a set: number, masked name, and the tag values it has, the rarest first: they say most."""

    id: int
    external_id: str
    name: str
    first_seen_at: datetime
    values: list[NamedSet] = field(default_factory=list)


def named_sets(kind: str, key: str | None = None) -> QuerySet[NamedSet]:
    """The sets of a kind, or those of one tag, segment or audience, in order, with their newest versions."""
    wanted = NamedSet.objects.filter(kind=kind, binned=False)
    wanted = wanted if key is None else wanted.filter(key=key)
    current = (f"current__{name}" for name in BITMAPS)
    rows = wanted.select_related("current", "current__run").defer(*current, "current__run__result")
    return rows.order_by("key", "order", "value")


def size_history(named_sets: Collection[NamedSet]) -> dict[int, list[SetVersion]]:
    """The versions of several sets, oldest first, by the set's id."""
    rows = SetVersion.objects.filter(named_set__in=named_sets).defer(*BITMAPS).order_by("as_of", "number")
    history: dict[int, list[SetVersion]] = defaultdict(list)
    for version in rows:
        history[version.named_set_id].append(version)
    return history


def shown_members(version: SetVersion, show: str) -> BitMap:
    """All members of a version, or those who entered with it, or left."""
    if show == "all":
        return store.at_version(version)
    return store.load(SetVersion.objects.values_list(show, flat=True).get(pk=version.pk))


def everybody() -> int:
    """How many customers there are."""
    return Customer.objects.filter(merged_into=None).count()


def members(ids: Iterable[int]) -> list[Member]:
    """The customers of these ids, in this order, those erased since left out."""
    wanted = list(ids)
    customers = Customer.objects.select_related("personal").in_bulk(wanted)
    values = tag_values_of(wanted)
    return [_member(customers[pk], values[pk]) for pk in wanted if pk in customers]


def names_of(ids: Collection[int]) -> dict[int, str]:
    """What the customers of these ids are called, masked; who has no name, or was erased, is left out."""
    customers = Customer.objects.select_related("personal").in_bulk(list(ids))
    names = {pk: personal_view(customer, unmasked=False).name for pk, customer in customers.items()}
    return {pk: name for pk, name in names.items() if name}


def tag_values_of(ids: Collection[int]) -> dict[int, list[NamedSet]]:
    """The tag values of these customers, by customer."""
    asked, since = BitMap(ids), store.live_of(ids)
    moved: dict[int, dict[bool, BitMap]] = defaultdict(lambda: {True: BitMap(), False: BitMap()})
    for (named, pk), inside in since.items():
        moved[named][inside].add(pk)
    found: dict[int, list[NamedSet]] = {pk: [] for pk in ids}
    for one in named_sets(NamedSet.Kind.TAG_VALUE):
        if one.current is not None:
            for pk in ((asked & store.as_kept(one.current)) - moved[one.pk][False]) | moved[one.pk][True]:
                found[pk].append(one)
    return found


def _member(customer: Customer, values: list[NamedSet]) -> Member:
    name = personal_view(customer, unmasked=False).name
    values = sorted(values, key=lambda named_set: named_set.current.size if named_set.current else 0)
    return Member(customer.pk, customer.external_id, name, customer.first_seen_at, values)
