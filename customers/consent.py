"""What customers allow: written append-only, and asked before anybody is addressed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customers import bulk
from customers.locks import FACTS, take_turns
from customers.models import Consent, Customer

MARKETING = "marketing"
# Whether conclusions may be drawn: the one purpose without a channel, see `profiling`.
PROFILING = "profiling"
FIELDS = ["customer", "purpose", "channel", "granted", "at", "source", "text_version"]


def grant(
    *, customer: Customer, channel: str, source: str, purpose: str = MARKETING, text_version: str = ""
) -> Consent:
    """The customer allows `channel` for `purpose` from now on."""
    return _answer(customer, purpose, channel, True, source, text_version)


def withdraw(
    *, customer: Customer, channel: str, source: str, purpose: str = MARKETING, text_version: str = ""
) -> Consent:
    """The customer allows `channel` for `purpose` no longer."""
    return _answer(customer, purpose, channel, False, source, text_version)


def record(answers: Iterable[tuple[int, str, bool, datetime]], *, source: str, text_version: str = "") -> int:
    """Note many answers (customer id, channel, granted, at): about marketing, or without a channel about profiling.

    One already noted changes nothing.
    """
    rows = [
        (customer, MARKETING if channel else PROFILING, channel, granted, bulk.stored_time(at), source, text_version)
        for customer, channel, granted, at in answers
    ]
    with transaction.atomic():
        take_turns(FACTS)
        noted = bulk.insert(Consent, FIELDS, rows, unless=["customer", "purpose", "channel", "at"])
        _touch({customer for customer, *_ in rows})
    return noted


def changes(answers: Iterable[tuple[int, str, bool, datetime]]) -> list[tuple[int, str, bool, datetime]]:
    """Those of the answers, as `record` takes them, that say something else than the newest one before them."""
    said = list(answers)
    noted = Consent.objects.filter(purpose__in=(MARKETING, PROFILING), customer__in={customer for customer, *_ in said})
    newest = {
        (customer, channel): granted
        for customer, channel, granted in noted.order_by("at", "pk").values_list("customer_id", "channel", "granted")
    }
    new = []
    for customer, channel, granted, at in said:
        if newest.get((customer, channel)) != granted:
            newest[customer, channel] = granted
            new.append((customer, channel, granted, at))
    return new


def purposes() -> list[str]:
    """Everything that anybody was ever asked to consent to, marketing first."""
    asked = Consent.objects.exclude(purpose=MARKETING).order_by("purpose").values_list("purpose", flat=True).distinct()
    return [MARKETING, *asked]


def reachable(customer_ids: Collection[int] | None = None, *, channel: str, purpose: str = MARKETING) -> set[int]:
    """Ids of the customers (of these, or of all) whose newest answer allows `channel` for `purpose`."""
    newer = Consent.objects.filter(
        customer=OuterRef("customer"), purpose=purpose, channel=channel, at__gt=OuterRef("at")
    )
    whose = Q() if customer_ids is None else Q(customer__in=customer_ids) | Q(customer__merged_into__in=customer_ids)
    allowed = Consent.objects.filter(whose, purpose=purpose, channel=channel, granted=True).exclude(Exists(newer))
    ids = _with_merged(set(allowed.values_list("customer_id", flat=True)), channel, purpose, whose)
    return ids if customer_ids is None else ids.intersection(customer_ids)


def _with_merged(allowed: set[int], channel: str, purpose: str, whose: Q) -> set[int]:
    """Of a customer into whom others were merged, the newest answer of all of them counts."""
    asked = Consent.objects.filter(whose, channel=channel, purpose=purpose)
    merged = asked.filter(customer__merged_into__isnull=False)
    roots = set(merged.values_list("customer__merged_into_id", flat=True))
    newest: dict[int, tuple[datetime, int, bool]] = {}
    concerned = asked.filter(Q(customer__in=roots) | Q(customer__merged_into__in=roots)).values_list(
        "customer_id", "customer__merged_into_id", "at", "pk", "granted"
    )
    for customer, root, at, pk, granted in concerned:
        person = root or customer
        newest[person] = max(newest.get(person, (at, pk, granted)), (at, pk, granted))
    told = {customer for customer, *_ in concerned}
    return (allowed - told) | {person for person, (_at, _pk, granted) in newest.items() if granted}


def _answer(customer: Customer, purpose: str, channel: str, granted: bool, source: str, text_version: str) -> Consent:
    consent = Consent(
        customer=customer,
        purpose=purpose,
        channel=channel,
        granted=granted,
        at=timezone.now(),
        source=source,
        text_version=text_version,
    )
    consent.full_clean()
    with transaction.atomic():
        consent.save()
        _touch({customer.pk})
    return consent


def _touch(customer_ids: Collection[int]) -> None:
    """The lake copies customers that were updated; whom we may reach is part of the copy."""
    Customer.objects.filter(pk__in=customer_ids).update(updated_at=timezone.now())
