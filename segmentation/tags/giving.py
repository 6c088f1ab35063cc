"""Changes to what is given: a person's word on one customer, its end, and lists of many."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers.models import Customer
from customers.privacy import access_log
from segmentation.errors import SegmentationError
from segmentation.listed import customers_called, lines_of
from segmentation.people import Person, user_of
from segmentation.sets import store
from segmentation.tags.folders import refuse_locked
from segmentation.tags.given import merged_customers
from segmentation.tags.given_models import GivenValue, ValueList
from segmentation.tags.models import Tag
from segmentation.tags.values import is_retired

# Refused lines that are kept to be downloaded.
KEPT_REFUSED = 100_000
HEADERS = {("user_id", "value"), ("customer", "value"), ("用户id", "取值"), ("用户编号", "取值"), ("客户编号", "取值")}
BOOKS = ("rows", "matched", "duplicate", "unmatched", "invalid")


def give_value(
    *, tag: Tag, customer: Customer, value: str, reason: str, by: Person, until: datetime | None = None
) -> GivenValue:
    """A value for one customer, from now on, whatever is computed; an empty value takes all away.

    An earlier word on the same customer ends, of a multi-valued tag only that on the same value.
    """
    refuse_locked(tag.category, by)
    _refuse_unusable(tag, value)
    if not reason.strip():
        raise SegmentationError(_("Say why: whoever looks later wants to know."), code="reason_missing", where="reason")
    now = timezone.now()
    if until is not None and until <= now:
        raise SegmentationError(_("The end has to be in the future."), where="until")
    with transaction.atomic():
        earlier = _in_force(tag, customer, now)
        (earlier if tag.exclusive else earlier.filter(value=value)).update(until=now)
        given = GivenValue(tag=tag, customer=customer, value=value, reason=reason.strip(), by=user_of(by), since=now)
        given.until = until
        given.full_clean()
        given.save()
        _log(tag, "give", by, customer=customer.pk, value=value, until=until.isoformat() if until else "")
    return given


def _refuse_unusable(tag: Tag, value: str) -> None:
    """Raises SegmentationError for a value that the tag never had, or has no longer ("retired_value")."""
    row = tag.values.filter(key=value).first() if value else None
    if value and row is None:
        raise SegmentationError(_("The tag has no value “%(value)s”.") % {"value": value}, where="value")
    if row is not None and is_retired(row.detail):
        told = _("The tag does not use the value “%(value)s” any more; choose another.") % {"value": row.name}
        raise SegmentationError(told, code="retired_value", where="value")


def take_back(*, given: GivenValue, by: Person) -> None:
    """Its end is now; what is computed counts again with the next run."""
    refuse_locked(given.tag.category, by)
    now = timezone.now()
    if given.until is not None and given.until <= now:
        raise SegmentationError(_("It has ended already."), code="ended")
    with transaction.atomic():
        given.until = now
        given.save(update_fields=["until"])
        _log(given.tag, "take_back", by, customer=given.customer_id, value=given.value)


def take_list(*, tag: Tag, name: str, text: str, mode: str = ValueList.Mode.REPLACE, by: Person = None) -> ValueList:
    """A CSV of customers (user ids) and values, taken into the books; nothing of it is lost without a reason.

    One line for each customer and value, `user id,value`, the value by its key or by its name in either language; the
    first line may be a header. Tags of one value take a customer's first line. Raises FolderLocked.
    """
    refuse_locked(tag.category, by)
    sorted_out = _sort_out(tag, text)
    with transaction.atomic():
        taken = ValueList.objects.create(
            tag=tag,
            name=name[:200],
            mode=mode,
            by=user_of(by),
            **sorted_out.books,
            refused=sorted(sorted_out.refused)[:KEPT_REFUSED],
            members=msgspec.msgpack.encode({value: store.dump(found) for value, found in sorted_out.members.items()}),
        )
        _log(tag, "take_list", by, rows=taken.rows, matched=taken.matched)
    return taken


@dataclass
class _SortedOut:
    """A list's lines: who has which value, and the books with the refused lines and their reasons."""

    members: dict[str, BitMap] = field(default_factory=dict)
    books: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(BOOKS, 0)))
    refused: list[list[Any]] = field(default_factory=list)

    def refuse(self, number: int, row: list[str], book: str, reason: str) -> None:
        self.books[book] += 1
        self.refused.append([number, ",".join(row)[:200], reason])


def _sort_out(tag: Tag, text: str) -> _SortedOut:
    known, lines = _keys(tag), list(lines_of(text, HEADERS))
    ids = customers_called({row[0].strip() for _number, row in lines}, merged_customers())
    found, seen = _SortedOut(), set()
    for number, row in lines:
        found.books["rows"] += 1
        user_id, called = (row[0].strip(), row[1].strip()) if len(row) == 2 else ("", "")
        value = known.get(called, "")
        once = user_id if tag.exclusive else (user_id, value)
        if not user_id:
            found.refuse(number, row, "invalid", "columns")
        elif not value:
            found.refuse(number, row, "invalid", "unknown_value")
        elif user_id not in ids:
            found.refuse(number, row, "unmatched", "unknown_customer")
        elif once in seen:
            found.refuse(number, row, "duplicate", "duplicate")
        else:
            seen.add(once)
            found.books["matched"] += 1
            found.members.setdefault(value, BitMap()).add(ids[user_id])
    return found


def _keys(tag: Tag) -> dict[str, str]:
    """What a value can be called in a list, with its key: the key itself, else the first that has this name."""
    rows = list(tag.values.order_by("order").values_list("key", "name_zh", "name_en"))
    named = {name.strip(): key for key, *names in reversed(rows) for name in names}
    return named | {key: key for key, *_names in rows}


def _in_force(tag: Tag, customer: Customer, now: datetime) -> QuerySet[GivenValue]:
    rows = tag.given_values.filter(customer=customer, since__lte=now)
    return rows.filter(until=None) | rows.filter(until__gt=now)


def _log(tag: Tag, action: str, by: Person, **detail: object) -> None:
    access_log.record(actor=user_of(by), action=f"tag.{action}", object_kind="tag", object_key=tag.key, detail=detail)
