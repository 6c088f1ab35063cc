"""Doings: occurrences of one kind that fit, {"event": …, "where": …}, as the shapes of behaviour name them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import properties
from segmentation.rules.catalog import Event, Field
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Node
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Occurrence, Person
from segmentation.rules.schema_parts import where_schema
from segmentation.rules.vocabulary import EVENTS, ITEMS, Expr, Search, Vocabulary
from segmentation.rules.windows import Bounds

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


@dataclass(frozen=True, slots=True)
class Doing:
    """What was done: events, or items in them. `kind` is the key that names it."""

    kind: str
    event: str
    where: Node | None = None

    @property
    def table(self) -> str:
        return KINDS[self.kind].table


@dataclass(frozen=True, slots=True)
class Kind:
    """Where occurrences of a kind are, what they hold, and what a property of theirs is called in problems."""

    table: str
    property_kind: str
    fields: Callable[[Event], Mapping[str, Field]]
    occurrences: Callable[[Person], Sequence[Occurrence]]


KINDS = {
    "event": Kind(EVENTS, "event property", lambda event: event.properties, lambda person: person.events),
    "items_of": Kind(ITEMS, "item property", lambda event: event.item_properties, lambda person: person.items),
}


def read_doing(
    reading: Reading, raw: object, path: str, *, needed: Collection[str] = (), allowed: Collection[str] = ()
) -> tuple[Doing, Event, dict[str, Any]] | None:
    """The doing, its event in the catalogue and its whole document, which may have more keys; None with problems."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    found = [kind for kind in KINDS if kind in document]
    if len(found) != 1:
        code = "several_conditions" if found else "no_condition"
        reading.problem(path, code, found=found, choices=list(KINDS))
        return None
    [kind] = found
    known = reading.keys(document, path, (kind, *needed), ("where", *allowed))
    event = reading.name(document[kind], f"{path}.{kind}", reading.catalog.events, "event")
    if event is None:
        return None
    where, of = None, KINDS[kind]
    if "where" in document:
        where = properties.read_where(reading, document["where"], f"{path}.where", of.fields(event), of.property_kind)
    return (Doing(kind, event.name, where), event, document) if known else None


def write_doing(doing: Doing, timezone: ZoneInfo) -> dict[str, Any]:
    """The doing as JSON."""
    document: dict[str, Any] = {doing.kind: doing.event}
    if doing.where is not None:
        document["where"] = properties.write_where(doing.where, timezone)
    return document


def fits(doing: Doing, row: Occurrence, moment: Moment) -> bool:
    """The meaning: whether an occurrence of its kind is one of these."""
    return row.event == doing.event and properties.fits(doing.where, row, moment)


def done(doing: Doing, person: Person, moment: Moment, bounds: Bounds) -> list[Occurrence]:
    """All that a customer did of it within bounds, in order."""
    rows = KINDS[doing.kind].occurrences(person)
    return sorted((r for r in rows if r.time in bounds and fits(doing, r, moment)), key=lambda row: row.order)


def search(doing: Doing, v: Vocabulary, moment: Moment, bounds: Bounds, having: Expr | None) -> Search:
    """Customers whose occurrences of it within bounds together fit `having`."""
    where = properties.expression(doing.where, v.on(doing.table), moment)
    return Search(doing.table, where=where, having=having, event=doing.event, bounds=bounds)


def test(doing: Doing, v: Vocabulary, moment: Moment) -> Expr:
    """`fits` in the words of an engine, over rows of the doing's table."""
    v = v.on(doing.table)
    where = properties.expression(doing.where, v, moment)
    is_event = v.is_event(doing.event)
    return is_event if where is None else v.both([is_event, where])


def told(doing: Doing, telling: "Telling") -> str:
    """The doing in words."""
    return telling.occurrence(doing.kind, doing.event, doing.where)


def doing_schema(more: Mapping[str, Any] | None = None, needed: Collection[str] = ()) -> dict[str, Any]:
    """JSON Schema of a doing with more keys."""
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": {kind: {"type": "string"}, "where": where_schema(), **(more or {})},
                "required": [kind, *needed],
                "additionalProperties": False,
            }
            for kind in KINDS
        ]
    }
