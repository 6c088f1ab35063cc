"""What operators may change in the catalogue."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet

from customers.ingest.catalogue import misfits
from customers.ingest.contract import lake_column
from customers.locks import FACTS, take_turns
from customers.models import Customer, Event, Property, Trait

_AT_ONCE = 5000


def change_type(*, field: Property | Trait, type: str) -> None:
    """Give a field another type, and a lake column of that type; count anew what does not fit.

    The lake takes over older values when it is rebuilt.
    """
    with transaction.atomic():
        take_turns(FACTS)
        field.type, field.column, field.misfits = type, _column(field, type), 0
        field.full_clean()
        field.save(update_fields=["type", "column", "misfits"])
        stored = _until_now(field)
    count = sum(misfits(some, type) for some in _parts(_values(field, stored)))
    # What was stored meanwhile has been counted with the new type: add, do not overwrite.
    _fields(field).filter(pk=field.pk).update(misfits=F("misfits") + count)
    field.refresh_from_db()


def _column(field: Property | Trait, type: str) -> str:
    """That of a field of the same name and type in the same lake table, or a new one; never one used before."""
    table = _fields(field).filter(scope=field.scope) if isinstance(field, Property) else _fields(field)
    shared = table.filter(name=field.name, type=type).exclude(pk=field.pk).values_list("column", flat=True).first()
    taken = set(table.values_list("column", flat=True))
    return shared or lake_column(field.name, "p_" if isinstance(field, Property) else "t_", taken)


def _fields(field: Property | Trait) -> QuerySet[Any]:
    return type(field)._default_manager.all()


def _until_now(field: Property | Trait) -> QuerySet[Any]:
    if isinstance(field, Trait):
        return Customer.objects.all()
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    return Event.objects.filter(name=field.event_type.name, pk__lte=last)


def _values(field: Property | Trait, stored: QuerySet[Any]) -> Iterator[object]:
    column = "traits" if isinstance(field, Trait) else "properties"
    rows: Iterable[dict[str, Any]] = stored.values_list(column, flat=True).iterator(chunk_size=_AT_ONCE)
    if isinstance(field, Property) and field.scope == Property.Scope.ITEM:
        rows = chain.from_iterable(row.get("products", ()) for row in rows)
    return (row.get(field.name) for row in rows)


def _parts(values: Iterator[object]) -> Iterator[list[object]]:
    while some := list(islice(values, _AT_ONCE)):
        yield some
