"""What customers allow: written append-only, and asked before anybody is addressed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from customers import bulk
from customers.locks import FACTS, take_turns
from customers.models import Consent, Customer

MARKETING = "marketing"
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
    """Note many answers about marketing (customer id, channel, granted, at); one already noted changes nothing."""
    rows = [
        (customer, MARKETING, channel, granted, bulk.stored_time(at), source, text_version)
        for customer, channel, granted, at in answers
    ]
    with transaction.atomic():
        take_turns(FACTS)
        noted = bulk.insert(Consent, FIELDS, rows, unless=["customer", "purpose", "channel", "at"])
        _touch({customer for customer, *_ in rows})
    return noted


def reachable(customer_ids: Collection[int] | None = None, *, channel: str, purpose: str = MARKETING) -> set[int]:
    """Ids of the customers (of these, or of all) whose newest answer allows `channel` for `purpose`."""
    newer = Consent.objects.filter(
        customer=OuterRef("customer"), purpose=purpose, channel=channel, at__gt=OuterRef("at")
    )
    allowed = Consent.objects.filter(purpose=purpose, channel=channel, granted=True).exclude(Exists(newer))
    ids = set(allowed.values_list("customer_id", flat=True))
    return ids if customer_ids is None else ids.intersection(customer_ids)


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
