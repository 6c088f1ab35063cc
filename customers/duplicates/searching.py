"""Looks for customers who may be the same person, and keeps what people decided of them."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import merging
from customers.duplicates.likeness import Pair, Record, alike
from customers.errors import CustomersError
from customers.models import Customer, Duplicate, DuplicateSearch, PersonalRecord
from customers.privacy import access_log, personal

# Pairs below this are not worth a person's time.
AT_LEAST = 0.5
# A search that has not ended by then died.
DEAD = timedelta(hours=2)
# Traits that tell persons apart, under the names that shops give them.
BIRTHDAYS, CITIES = ("birthday", "birth_date", "date_of_birth", "生日", "出生日期"), ("city", "城市")

State = Duplicate.State


def ask_for_search() -> DuplicateSearch:
    """A search that was noted and not begun. Raises a CustomersError while another one runs."""
    with transaction.atomic():
        if DuplicateSearch.objects.filter(ended_at=None, asked_at__gt=timezone.now() - DEAD).exists():
            raise CustomersError(_("A search is under way; its pairs will be here soon."), code="search_running")
        return DuplicateSearch.objects.create()


def search(*, noted: DuplicateSearch) -> None:
    """Compare all customers; what was proposed before and is no longer alike goes, what was decided stays."""
    try:
        records = list(_records())
        pairs = alike(records, at_least=AT_LEAST)
        with transaction.atomic():
            _keep(pairs)
            noted.compared, noted.found = len(records), len(pairs)
    except BaseException:
        noted.failed = True
        raise
    finally:
        noted.ended_at = timezone.now()
        noted.save()


def accept(*, pair: Duplicate, by: AbstractBaseUser) -> None:
    """They are one person: the later known customer is merged into the other, as if by hand; undone by separating."""
    first, second = pair.first, pair.second
    newer, older = (first, second) if first.first_seen_at > second.first_seen_at else (second, first)
    with transaction.atomic():
        _decide(pair, State.MERGED, by)
        merging.merge(customer=newer, into=older, by=by)


def refuse(*, pair: Duplicate, by: AbstractBaseUser) -> None:
    """They are two persons, and are never proposed again."""
    with transaction.atomic():
        _decide(pair, State.REFUSED, by)
        access_log.record(
            actor=by, action="keep_apart", object_kind="customer", object_key=str(pair.first_id),
            detail={"other": pair.second_id},
        )  # fmt: skip


def _decide(pair: Duplicate, state: str, by: AbstractBaseUser) -> None:
    """Only one who is first decides."""
    waiting = Duplicate.objects.filter(pk=pair.pk, state=State.PROPOSED)
    if not waiting.update(state=state, decided_at=timezone.now(), decided_by=by):
        raise CustomersError(_("Somebody has decided on this pair already."), code="decided_already")


def _records() -> Iterator[Record]:
    """Customers of whom at least two things are known that could tell them apart."""
    rows = PersonalRecord.objects.filter(customer__merged_into=None).select_related("customer").order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        who, traits = personal.read(row), row.customer.traits
        record = Record(row.pk, **who, birthday=_first(traits, BIRTHDAYS), city=_first(traits, CITIES))
        if sum(map(bool, record[1:])) >= 2:
            yield record


def _first(traits: dict[str, object], names: tuple[str, ...]) -> str:
    return next((str(traits[name]) for name in names if traits.get(name)), "")


def _keep(pairs: list[Pair]) -> None:
    known = {(row.first_id, row.second_id): row for row in Duplicate.objects.all()}
    found = {(pair.first, pair.second) for pair in pairs}
    gone = [row.pk for ids, row in known.items() if row.state == State.PROPOSED and ids not in found]
    Duplicate.objects.filter(pk__in=gone).delete()
    # Customers may have been erased while they were compared.
    there = set(Customer.objects.filter(pk__in={pk for ids in found for pk in ids}).values_list("pk", flat=True))
    for pair in pairs:
        ids = pair.first, pair.second
        if not set(ids) <= there:
            continue
        if row := known.get(ids):
            # Merged once, and separated again by a person: that is a decision too.
            Duplicate.objects.filter(pk=row.pk).update(probability=pair.probability, levels=pair.levels)
        else:
            Duplicate.objects.create(
                first_id=ids[0], second_id=ids[1], probability=pair.probability, levels=pair.levels
            )
