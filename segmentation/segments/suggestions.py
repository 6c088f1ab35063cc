"""Values that a field has in the lake, to choose from: the most frequent first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _
from sqlglot import exp

from segmentation.errors import SegmentationError
from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, ITEMS, Source
from segmentation.rules.catalog import TEXT, TEXT_LIST, Catalog, Field
from segmentation.sets.answers import engine

MOST = 30
VALUE = exp.column("value", quoted=True)

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Place:
    """A column of the lake; of one event only, if that is named."""

    table: str
    field: Field
    event: str = ""


def place_of(catalog: Catalog, asked: Mapping[str, str]) -> Place:
    """Where the values are that are asked about: {"trait": …}, {"event": …, "property": …} and so on."""
    match [asked[key] for key in sorted(asked)], sorted(asked):
        case [name], ["trait"]:
            return Place(CUSTOMERS, _known(catalog.traits, "trait", name))
        case [name], ["feature"]:
            return Place(FEATURES, _known(catalog.features, "feature", name))
        case [event, name], ["event", "property"]:
            properties = _known(catalog.events, "event", event).properties
            return Place(EVENTS, _known(properties, "property", name), event)
        case [event, name], ["items_of", "property"]:
            properties = _known(catalog.events, "items_of", event).item_properties
            return Place(ITEMS, _known(properties, "property", name), event)
    raise SegmentationError(_("Name one field: a trait, a feature, or a property of an event or of the items in it."))


def values_of(place: Place, source: Source, part: str = "") -> list[str]:
    """The values that contain `part`, whatever its case; of texts only, others have too many to choose from."""
    if place.field.type not in {TEXT, TEXT_LIST}:
        return []
    found = exp.select(VALUE).from_(_rows(place).subquery("rows")).where(VALUE.is_(exp.null()).not_())
    if part:
        found = found.where(exp.func("contains", exp.func("lower", VALUE), exp.Literal.string(part.lower())))
    counted = found.group_by(VALUE).order_by(exp.Count(this=exp.Star()).desc(), VALUE).limit(MOST)
    return engine().query(counted, source).column("value").to_pylist()


def _rows(place: Place) -> exp.Select:
    column = exp.column(place.field.column, quoted=True)
    value = exp.func("unnest", column) if place.field.type == TEXT_LIST else column
    rows = exp.select(exp.alias_(value, "value", quoted=True)).from_(place.table)
    return rows.where(exp.column("event", quoted=True).eq(place.event)) if place.event else rows


def _known(things: Mapping[str, Thing], parameter: str, name: str) -> Thing:
    if name not in things:
        raise SegmentationError(_("There is no “%(name)s”.") % {"name": name}, code="unknown_name", where=parameter)
    return things[name]
