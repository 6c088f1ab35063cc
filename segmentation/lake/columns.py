"""From JSON values to typed columns, as the catalogue of events, properties and traits has them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from customers.ingest.contract import fit
from customers.models import Property, Trait
from segmentation.errors import SegmentationError
from segmentation.lake.tables import CUSTOMERS, EVENTS, FIXED, ITEMS, PRODUCT_COLUMNS, TYPES

# Python types that Arrow takes just as `fit` would, so that nothing has to be looked at value by value.
EXACT: dict[str, frozenset[type]] = {
    "number": frozenset({int, float, type(None)}),
    "text": frozenset({str, type(None)}),
    "boolean": frozenset({bool, type(None)}),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A property or trait of the catalogue and its column."""

    pk: int
    name: str
    type: str
    column: str

    @property
    def mark(self) -> str:
        """Name of the mark that counts its misfits."""
        return f"misfits/{self.pk}"


@dataclass(frozen=True)
class Catalogue:
    """The fields to copy: properties by table and event name, and traits."""

    properties: dict[str, dict[str, list[Field]]]
    traits: list[Field]

    def fields(self, table: str) -> list[Field]:
        """All fields with a column in `table`."""
        return self.traits if table == CUSTOMERS else list(chain.from_iterable(self.properties[table].values()))

    def columns(self, table: str) -> list[pa.Field]:
        """The columns of `table` besides the fixed ones. Two events' properties may share one, if of one type."""
        types: dict[str, str] = {}
        for field in self.fields(table):
            if types.setdefault(field.column, field.type) != field.type:
                raise SegmentationError(
                    _("The properties called “%(name)s” share a column and need one type. Change it in the catalogue.")
                    % {"name": field.name},
                    code="lake_column_types",
                )
        fixed = FIXED[table].names
        return [pa.field(column, TYPES[type]) for column, type in types.items() if column not in fixed]


def catalogue() -> Catalogue:
    """What the catalogue knows now."""
    return Catalogue(
        properties={EVENTS: _properties(Property.Scope.EVENT), ITEMS: _properties(Property.Scope.ITEM)},
        traits=[_field(trait) for trait in Trait.objects.order_by("column")],
    )


def typed(rows: Sequence[dict[str, Any]], fields: Sequence[Field], misfits: Counter[str]) -> dict[str, pa.Array]:
    """The columns of `fields` out of `rows`; adds to `misfits` how many values were left out."""
    columns = {}
    for field in fields:
        values = [row.get(field.name) for row in rows]
        columns[field.column], missed = array(values, field.type)
        if missed:
            misfits[field.mark] += missed
    return columns


def array(values: list[Any], type: str) -> tuple[pa.Array, int]:
    """Values as `fit` makes them of this type, and how many of them do not fit.

    >>> array([1, "2.5", "much", None], "number")[0].to_pylist()
    [1.0, 2.5, None, None]
    """
    if set(map(_type, values)) <= EXACT.get(type, frozenset()):
        try:
            return pa.array(values, TYPES[type]), 0
        except pa.ArrowInvalid:
            pass  # an integer that no double holds exactly; `fit` takes the nearest
    fitted = [fit(value, type) for value in values]
    return pa.array([value for value, fits in fitted], TYPES[type]), sum(not fits for value, fits in fitted)


_type = type


def _properties(scope: str) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for row in Property.objects.filter(scope=scope).select_related("event_type").order_by("column"):
        found.setdefault(row.event_type.name, []).append(_property(row))
    return found


def _property(row: Property) -> Field:
    if row.scope == Property.Scope.ITEM and row.name in PRODUCT_COLUMNS:
        return Field(row.pk, row.name, "text", row.name)
    return _field(row)


def _field(row: Property | Trait) -> Field:
    return Field(row.pk, row.name, row.type, row.column)
