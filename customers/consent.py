"""What customers allow: written append-only, and asked before anybody is addressed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import bulk
from customers.locks import FACTS, take_turns
from customers.models import Consent, Customer

MARKETING = "marketing"
# Whether conclusions may be drawn: the one purpose without a channel, see `profiling`.
PROFILING = "profiling"
# What people read for them; a shop's own purposes are shown as they are written.
PURPOSE_NAMES = {MARKETING: _("marketing"), PROFILING: _("profiling")}
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


def purpose_name(purpose: str) -> str:
    """The purpose in the reader's language."""
    return str(PURPOSE_NAMES.get(purpose, purpose))


def purposes() -> list[str]:
    """Everything that anybody was ever asked to consent to, marketing first."""
    asked = Consent.objects.exclude(purpose=MARKETING).order_by("purpose").values_list("purpose", flat=True).distinct()
    return [MARKETING, *asked]


def reachable(customer_ids: Collection[int] | None = None, *, channel: str, purpose: str = MARKETING) -> set[int]:
    """Ids of the customers (of these, or of all) whose newest answer allows `channel` for `purpose`.

    Those who ever agreed, less those who refused and did not agree again later: few refuse, so few rows are compared.
    """
    whose = Q() if customer_ids is None else Q(customer__in=customer_ids) | Q(customer__merged_into__in=customer_ids)
    asked = Consent.objects.filter(purpose=purpose, channel=channel)
    # A list of one, because SQLite uses no index for "is true".
    later = asked.filter(granted__in=[True], customer=OuterRef("customer"), at__gt=OuterRef("at"))
    refused = asked.filter(whose, ~Exists(later), granted__in=[False])
    ids = set(bulk.numbers(asked.filter(whose, granted__in=[True]), "customer_id"))
    ids.difference_update(bulk.numbers(refused, "customer_id"))
    ids = _with_merged(ids, customer_ids, channel, purpose)
    return ids if customer_ids is None else ids.intersection(customer_ids)


def _with_merged(allowed: set[int], customer_ids: Collection[int] | None, channel: str, purpose: str) -> set[int]:
    """Of a customer into whom others were merged, the newest answer of all of them counts."""
    merged = Customer.objects.filter(merged_into__isnull=False)
    if customer_ids is not None:
        merged = merged.filter(Q(pk__in=customer_ids) | Q(merged_into__in=customer_ids))
    roots: dict[int, int] = dict(merged.values_list("pk", "merged_into_id"))
    concerned = roots.keys() | set(roots.values())
    newest: dict[int, tuple[datetime, int, bool]] = {}
    fields = ["purpose", "channel", "customer", "at", "pk", "granted"]
    for about, over, customer, *answer in bulk.select(Consent, fields, ["customer"], ((pk,) for pk in concerned)):
        if (about, over) == (purpose, channel):
            person = roots.get(customer, customer)
            newest[person] = max(newest.get(person, tuple(answer)), tuple(answer))
    return (allowed - concerned) | {person for person, (_at, _pk, granted) in newest.items() if granted}


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
