"""Changes to the suppression list and to the shop's rules of contact."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Channel, Customer, Identity
from customers.privacy import access_log
from customers.privacy.crypto import blind_index
from segmentation.audiences.contact_models import ContactPolicy, Suppression
from segmentation.audiences.limits import the_policy
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of

BATCH = 500
# Most lines of one import.
LONGEST = 200_000
LONGEST_CAP_DAYS, MOST_CAP = 365, 50
SHOWN_UNKNOWN = 20


@dataclass
class Imported:
    """What became of a list: how many customers are on it now, and the numbers that belong to nobody."""

    suppressed: int = 0
    unknown: list[str] = field(default_factory=list)


def suppress(
    *,
    customer: Customer,
    channel: str = "",
    reason: str = Suppression.Reason.OTHER,
    source: str = "",
    until: datetime | None = None,
    by: Person,
) -> Suppression:
    """The customer gets nothing over `channel` (any, if empty) from now on, or until then. Again: renewed."""
    _refuse_past(until)
    entry = Suppression.objects.filter(customer=customer, channel=channel).first()
    entry = entry or Suppression(customer=customer, channel=channel)
    entry.reason, entry.source, entry.until, entry.by = reason, source.strip()[:100], until, user_of(by)
    entry.full_clean(validate_unique=False)
    with transaction.atomic():
        entry.save()
        _log("add", by, str(customer.pk), channel=channel, reason=reason, source=entry.source)
    return entry


def lift(*, entry: Suppression, by: Person) -> None:
    """The customer may be reached again, as far as there is a consent."""
    with transaction.atomic():
        _log("lift", by, str(entry.customer_id), channel=entry.channel, reason=entry.reason)
        entry.delete()


def import_list(
    numbers: Iterable[str], *, channel: str, reason: str, source: str, until: datetime | None = None, by: Person
) -> Imported:
    """Puts the customers of these numbers or e-mail addresses on the list; unknown ones are told, not guessed."""
    _refuse_past(until)
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    if len(wanted) > LONGEST:
        raise SegmentationError(_("At most %(most)d numbers at once.") % {"most": LONGEST}, where="list")
    Suppression(customer_id=0, channel=channel, reason=reason).clean_fields(exclude=["customer", "by"])
    told = Imported()
    with transaction.atomic():
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            known = _customers(part)
            rows = [
                Suppression(
                    customer_id=pk, channel=channel, reason=reason, source=source[:100], until=until, by=user_of(by),
                    at=timezone.now(),
                )
                for pk in set(known.values())
            ]  # fmt: skip
            Suppression.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["customer", "channel"],
                update_fields=["reason", "source", "until", "by", "at"],
            )
            told.suppressed += len(rows)
            told.unknown += [number for number in part if number not in known]
        _log("import", by, "", channel=channel, reason=reason, source=source, customers=told.suppressed)
    return told


def numbers_in(data: bytes) -> list[str]:
    """The customer numbers of an uploaded list: the first column of a CSV file, without a heading that says so."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    cells = [row[0].strip() for row in csv.reader(io.StringIO(text)) if row]
    headed = bool(cells) and cells[0].lower() in {
        "external_id",
        "customer",
        "customer_id",
        "客户编号",
        "customer number",
    }
    return cells[1:] if headed else cells


def set_policy(*, universal_percent: int, caps: dict[str, dict[str, int]], by: Person) -> ContactPolicy:
    """The shop's rules of contact from now on. What was frozen stays as it is."""
    policy = the_policy()
    for channel, cap in caps.items():
        if channel not in Channel.values:
            raise SegmentationError(_("There is no channel %(key)s.") % {"key": channel}, where=channel)
        if not (1 <= cap["most"] <= MOST_CAP and 1 <= cap["days"] <= LONGEST_CAP_DAYS):
            raise SegmentationError(
                _("A cap is 1 to %(most)d campaigns in 1 to %(days)d days.")
                % {"most": MOST_CAP, "days": LONGEST_CAP_DAYS},
                where=channel,
            )
    policy.universal_percent, policy.caps = universal_percent, caps
    policy.full_clean()
    with transaction.atomic():
        policy.save()
        _log("policy", by, "shop", universal_percent=universal_percent, caps=caps)
    return policy


def _customers(texts: list[str]) -> dict[str, int]:
    """Whose numbers and e-mail addresses these are; an address is looked up by its blind index."""
    found = dict(Customer.objects.filter(external_id__in=texts).values_list("external_id", "pk"))
    hashes = {blind_index("email", text): text for text in texts if "@" in text and text not in found}
    mails = Identity.objects.filter(kind=Identity.Kind.EMAIL, value__in=hashes).values_list("value", "customer_id")
    return found | {hashes[value]: pk for value, pk in mails}


def _refuse_past(until: datetime | None) -> None:
    if until is not None and until <= timezone.now():
        raise SegmentationError(_("The end of the quiet time is over already."), code="until_past", where="until")


def _log(action: str, by: Person, key: str, **detail: Any) -> None:
    access_log.record(
        actor=user_of(by), action=f"suppression.{action}", object_kind="suppression", object_key=key, detail=detail
    )
