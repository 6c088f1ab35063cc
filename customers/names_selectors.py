"""Under which names a customer is known, from which platforms, and whose facts count for it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from customers.identities import HASHED_KINDS
from customers.models import Customer, Event, Identity
from customers.selectors import facts_of

SHOWN = 20


@dataclass(frozen=True)
class KnownName:
    """An identity, as it may be shown: e-mail and phone are kept as hashes, and stay hidden."""

    kind: str
    label: str
    value: str


@dataclass(frozen=True)
class Touchpoint:
    """What came from one source (empty: an import) about the customer."""

    source: str
    platform: str
    events: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Names:
    """All of it; `more` names are not listed."""

    known: list[KnownName]
    more: int
    touchpoints: list[Touchpoint]
    merged: list[Customer]


def names_of(customer: Customer) -> Names:
    """Names, touchpoints and merged customers, in a settled order."""
    found = Identity.objects.filter(customer=customer).order_by("kind", "value")
    known = [
        KnownName(name.kind, name.get_kind_display(), "" if name.kind in HASHED_KINDS else name.value)
        for name in found[:SHOWN]
    ]
    merged = Customer.objects.filter(merged_into=customer).order_by("pk")
    return Names(known, max(0, found.count() - SHOWN), _touchpoints(customer), list(merged[:SHOWN]))


def _touchpoints(customer: Customer) -> list[Touchpoint]:
    rows = (
        facts_of(customer, Event)
        .values_list("source__name", "source__platform")
        .annotate(events=Count("pk"), first=Min("time"), last=Max("time"))
        .order_by("-events")
    )
    return [Touchpoint(source or "", platform or "", *counted) for source, platform, *counted in rows]
