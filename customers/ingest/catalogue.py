"""The catalogue learns: a row for each event name, property and trait on first sight, a count of what does not fit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from customers import bulk
from customers.ingest.contract import ALWAYS_FIT, fit, infer, lake_column
from customers.ingest.labels import EVENTS, FIELDS, TRAITS, labels
from customers.ingest.records import EventRecord
from customers.locks import FACTS, take_turns
from customers.models import EventType, Property, Trait

Row = dict[str, Any]
LONGEST_NAME = 100


class Field(NamedTuple):
    """A field of the catalogue as it is looked up for each value."""

    name: str
    pk: int
    type: str


# Fields by name.
Known = dict[str, Field]


def learn(*, events: Sequence[EventRecord] = (), traits: Sequence[Row] = ()) -> None:
    """Take note of what is new in records that are about to be stored, and count the values that do not fit.

    Belongs in the transaction that stores them, so that each value is counted once.
    """
    named: dict[str, list[Row]] = defaultdict(list)
    for event in events:
        named[event.name].append(event.properties)
    # Two questions for all of them, without a model object each: this stands in the way of every other writer.
    types = dict(bulk.select(EventType, ["name", "pk"], ["name"], ((name,) for name in named)))
    known: dict[tuple[int, str], Known] = defaultdict(dict)
    fields = ["event_type", "scope", "name", "pk", "type"]
    for event_type, scope, *told in bulk.select(Property, fields, ["event_type"], ((pk,) for pk in types.values())):
        known[event_type, scope][told[0]] = Field(*told)
    for name, rows in named.items():
        event_type = types.get(name)
        if event_type is None:
            event_type = EventType.objects.get_or_create(name=name, defaults=labels(EVENTS, name))[0].pk
        events_of, items_of = Property.Scope.EVENT.value, Property.Scope.ITEM.value
        _learn_rows(rows, partial(_properties, event_type, events_of), known[event_type, events_of], skip="products")
        if items := list(chain.from_iterable(row.get("products", ()) for row in rows)):
            _learn_rows(items, partial(_properties, event_type, items_of), known[event_type, items_of])
    if traits:
        _learn_rows(traits, _traits, _known(_traits()))


def misfits(values: Sequence[object], type: str) -> int:
    """How many of the values do not fit `type`. Equal plain values are looked at once."""
    nested = [value for value in values if isinstance(value, list | dict)]
    # By their class too: 1 and True are equal.
    plain = Counter((value.__class__, value) for value in values if not isinstance(value, list | dict))
    found = sum(not fit(value, type)[1] for value in nested)
    return found + sum(count for (_, value), count in plain.items() if not fit(value, type)[1])


@dataclass(frozen=True)
class _Shelf:
    """Where fields of one kind are kept, and which other fields share their lake table."""

    own: QuerySet[Any]
    table: QuerySet[Any]
    prefix: str
    labels: dict[str, tuple[str, str]]
    fixed: dict[str, object] = field(default_factory=dict)


def _properties(event_type: int, scope: str) -> _Shelf:
    table = Property.objects.filter(scope=scope)
    own = table.filter(event_type=event_type)
    return _Shelf(own, table, "p_", FIELDS, fixed={"event_type_id": event_type, "scope": scope})


def _traits() -> _Shelf:
    return _Shelf(Trait.objects.all(), Trait.objects.all(), "t_", TRAITS)


def _known(shelf: _Shelf) -> Known:
    return {name: Field(name, pk, type) for name, pk, type in shelf.own.values_list("name", "pk", "type")}


def _learn_rows(rows: Sequence[Row], find_shelf: Callable[[], _Shelf], known: Known, skip: str = "") -> None:
    names = sorted(name for name in set().union(*rows) if name != skip and 0 < len(name) <= LONGEST_NAME)
    columns = {name: [row.get(name) for row in rows] for name in names}
    if new := columns.keys() - known.keys():
        shelf = find_shelf()
        _add({name: type for name in sorted(new) if (type := infer(columns[name]))}, shelf)
        known = _known(shelf)
    for name, values in columns.items():
        if name in known:
            _count_misfits(known[name], values, find_shelf)


def _count_misfits(field: Field, values: Sequence[object], find_shelf: Callable[[], _Shelf]) -> None:
    doubtful = set(map(type, values)) - ALWAYS_FIT.get(field.type, frozenset()) - {type(None)}
    if doubtful and (count := misfits(values, field.type)):
        find_shelf().own.filter(pk=field.pk).update(misfits=F("misfits") + count)


def _add(types: dict[str, str], shelf: _Shelf) -> None:
    """Add fields of these names and types; one that another process added meanwhile keeps its type."""
    take_turns(FACTS)
    known = set(shelf.own.values_list("name", flat=True))
    columns = {(name, type): column for name, type, column in shelf.table.values_list("name", "type", "column")}
    for name, type in types.items():
        if name not in known:
            column = columns.get((name, type)) or lake_column(name, shelf.prefix, taken=set(columns.values()))
            columns[name, type] = column
            named = labels(shelf.labels, name)
            shelf.own.create(name=name, type=type, column=column, **named, **shelf.fixed)
