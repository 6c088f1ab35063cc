"""A measure of a doing, for shapes that compare or rank: {"count": true}, {"sum": "total"}."""

from collections.abc import Collection
from typing import Any

from customers.plugins import load_all, names
from segmentation.rules.behaviour import MEASURES, measure, result_type
from segmentation.rules.catalog import NUMBER, Event
from segmentation.rules.days import Moment
from segmentation.rules.doings import KINDS, Doing
from segmentation.rules.measures.base import Measure
from segmentation.rules.nodes import Measured
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Occurrence
from segmentation.rules.schema_parts import measure_schema
from segmentation.rules.values import is_missing
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds


def read_measured(
    reading: Reading, raw: object, path: str, doing: Doing, event: Event, only: Collection[str] | None = None
) -> Measured | None:
    """The measure from JSON, one that comes to a number; None with problems noted."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    choices = [key for key in names(MEASURES) if only is None or key in only]
    if len(document) != 1 or not document.keys() <= set(choices):
        reading.problem(path, "no_condition", choices=choices)
        return None
    [(key, value)] = document.items()
    if not measure(key).types:
        if value is not True:
            reading.problem(f"{path}.{key}", "not_true")
        measured = Measured(key)
    else:
        of = KINDS[doing.kind]
        field = reading.name(value, f"{path}.{key}", of.fields(event), of.property_kind)
        if field is None:
            return None
        measured = Measured(key, field)
        if field.type not in measure(key).types or result_type(measured) != NUMBER:
            reading.problem(f"{path}.{key}", "measure_not_for_type", measure=key, type=field.type, name=field.name)
    if only is None and result_type(measured) != NUMBER:
        reading.problem(path, "no_condition", choices=numeric_measures())
    return measured


def numeric_measures() -> list[str]:
    """Measures that always come to a number."""
    return [
        key
        for key, one in load_all(MEASURES, Measure).items()
        if {one.result(of) for of in one.types or [""]} == {NUMBER}
    ]


def write_measured(measured: Measured) -> dict[str, Any]:
    """The measure as JSON."""
    return {measured.kind: True if measured.field is None else measured.field.name}


def measurement(measured: Measured, rows: list[Occurrence], moment: Moment) -> Any:
    """The measure of rows in order, in plain Python."""
    column = measured.field.column if measured.field else ""
    values = [row.values.get(column) for row in rows]
    return measure(measured.kind).meaning(rows, [one for one in values if not is_missing(one)], moment)


def value_of(measured: Measured, v: Vocabulary) -> Expr | None:
    """The property that is measured, in the words of an engine; missing where it is no number."""
    if measured.field is None:
        return None
    value = v.column(measured.field)
    return v.only_numbers(value) if measured.field.type == NUMBER else value


def expression(measured: Measured, v: Vocabulary, bounds: Bounds, moment: Moment) -> Expr:
    """The measure over one customer's rows, such that larger is more."""
    return measure(measured.kind).ranked(v, value_of(measured, v), bounds, moment)


def schema(only: Collection[str] | None = None) -> dict[str, Any]:
    """JSON Schema of such a measure."""
    keys = numeric_measures() if only is None else only
    return measure_schema({key: measure(key) for key in keys})
