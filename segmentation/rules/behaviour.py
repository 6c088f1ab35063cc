"""The shared half of predicates about what customers did: events, items of events."""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from customers.plugins import load, load_all, names
from segmentation.rules import comparison, own_windows, properties
from segmentation.rules.catalog import NUMBER, Event, Field
from segmentation.rules.days import Moment
from segmentation.rules.evidence import Evidence
from segmentation.rules.measures.base import Measure
from segmentation.rules.nodes import BehaviourLeaf, Comparison, Measured
from segmentation.rules.numbers import compared
from segmentation.rules.predicates.base import Memberships, Predicate
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Occurrence, Person
from segmentation.rules.schema_parts import comparison_schema, measure_schema, where_schema
from segmentation.rules.values import is_missing
from segmentation.rules.vocabulary import Expr, Search, Vocabulary
from segmentation.rules.window_documents import own_window_schema, read_window, write_window
from segmentation.rules.windows import resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

MEASURES = "segmentation.rules.measures"
AT_LEAST_ONCE = Comparison("at_least", 1.0)


def measure(key: str) -> Measure:
    return load(MEASURES, key, Measure)


def result_type(measured: Measured) -> str:
    """The type of a measurement."""
    return measure(measured.kind).result(measured.field.type if measured.field else NUMBER)


class BehaviourPredicate(Predicate):
    """Compares a measure of the occurrences that fit, within a window. Without measure and operator: at least once."""

    # What a property of an occurrence is called in problems.
    property_kind: ClassVar[str]

    @abstractmethod
    def fields(self, event: Event) -> Mapping[str, Field]:
        """The properties that an occurrence has, by name."""

    @abstractmethod
    def occurrences(self, person: Person) -> Sequence[Occurrence]:
        """All of one customer."""

    # --- Reading and writing ---

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> BehaviourLeaf | None:
        known = reading.keys(document, path, (self.key, "window"), ("where", "measure", *comparison.KEYS))
        event = reading.name(document.get(self.key), f"{path}.{self.key}", reading.catalog.events, "event")
        window = None
        if "window" in document:
            window = read_window(reading, document["window"], f"{path}.window", own=True)
        if event is None:
            return None
        fields = self.fields(event)
        where = None
        if "where" in document:
            where = properties.read_where(reading, document["where"], f"{path}.where", fields, self.property_kind)
        measured = self._read_measure(reading, document.get("measure", {"count": True}), f"{path}.measure", fields)
        judged = self._read_comparison(reading, document, path, measured)
        if not known or window is None or measured is None or judged is None:
            return None
        return BehaviourLeaf(self.key, event.name, where, measured, judged, window)

    def _read_measure(self, reading: Reading, raw: object, path: str, fields: Mapping[str, Field]) -> Measured | None:
        if (document := reading.mapping(raw, path)) is None:
            return None
        if len(document) != 1 or not document.keys() <= set(names(MEASURES)):
            reading.problem(path, "no_condition", choices=names(MEASURES))
            return None
        [(key, value)] = document.items()
        if not measure(key).types:
            if value is not True:
                reading.problem(f"{path}.{key}", "not_true")
            return Measured(key)
        field = reading.name(value, f"{path}.{key}", fields, self.property_kind)
        if field is not None and field.type not in measure(key).types:
            reading.problem(f"{path}.{key}", "measure_not_for_type", measure=key, type=field.type, name=field.name)
        return None if field is None else Measured(key, field)

    def _read_comparison(
        self, reading: Reading, document: dict[str, Any], path: str, measured: Measured | None
    ) -> Comparison | None:
        if not {"measure", *comparison.KEYS} & document.keys():
            return AT_LEAST_ONCE
        if measured is None:
            return None
        can_be_missing = measure(measured.kind).empty is None
        return comparison.read_comparison(
            reading, document, path, type=result_type(measured), name=measured.kind, can_be_missing=can_be_missing
        )

    def write(self, leaf: BehaviourLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        document: dict[str, Any] = {self.key: leaf.event}
        if leaf.where is not None:
            document["where"] = properties.write_where(leaf.where, timezone)
        field = leaf.measure.field
        document["measure"] = {leaf.measure.kind: True if field is None else field.name}
        document |= comparison.write_comparison(leaf.comparison, timezone)
        document["window"] = write_window(leaf.window, timezone)
        return document

    # --- Meaning ---

    def holds(self, leaf: BehaviourLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        return _judge(leaf, self._measurement(leaf, person, moment), moment)

    def evidence(self, leaf: BehaviourLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = own_windows.resolve_for(leaf.window, person, moment)
        number = self._measurement(leaf, person, moment)
        return Evidence(number, tuple(self._rows(leaf, person, moment)), (bounds,), leaf.comparison)

    def _rows(self, leaf: BehaviourLeaf, person: Person, moment: Moment) -> list[Occurrence]:
        bounds = own_windows.resolve_for(leaf.window, person, moment)
        rows = [
            row
            for row in self.occurrences(person)
            if row.event == leaf.event and row.time in bounds and properties.fits(leaf.where, row, moment)
        ]
        return sorted(rows, key=lambda row: row.order)

    def _measurement(self, leaf: BehaviourLeaf, person: Person, moment: Moment) -> Any:
        rows = self._rows(leaf, person, moment)
        column = leaf.measure.field.column if leaf.measure.field else ""
        values = [row.values.get(column) for row in rows]
        return measure(leaf.measure.kind).meaning(rows, [one for one in values if not is_missing(one)], moment)

    # --- Question to an engine ---

    def question(self, leaf: BehaviourLeaf, v: Vocabulary, moment: Moment) -> Search:
        """Customers who did nothing of the kind have no row, so those are found as the rest of the others."""
        rest = _judge(leaf, measure(leaf.measure.kind).empty, moment)
        tests = [properties.expression(leaf.where, v, moment), own_windows.test(leaf.window, v, moment)]
        there = [test for test in tests if test is not None]
        return Search(
            table=self.table,
            event=leaf.event,
            bounds=resolve(leaf.window, moment.as_of, moment.timezone),
            where=v.both(there) if len(there) > 1 else next(iter(there), None),
            having=self._found_by(leaf, v, moment, rest),
            complement=rest,
        )

    def _found_by(self, leaf: BehaviourLeaf, v: Vocabulary, moment: Moment, rest: bool) -> Expr | None:
        """What a customer's rows must be together: to hold, or, if the rest is meant, to fail."""
        always = _however_often(leaf)
        if always is None:
            having = self._having(leaf, v, moment)
            return v.negated(having) if rest else having
        # Any row decides; or none does, and everybody gets the answer of those without one.
        return None if always != rest else v.either([])

    def _having(self, leaf: BehaviourLeaf, v: Vocabulary, moment: Moment) -> Expr:
        of = measure(leaf.measure.kind)
        field = leaf.measure.field
        value = v.column(field) if field else None
        if field and field.type == NUMBER:
            value = v.only_numbers(value)
        number = of.expression(v, value, resolve(leaf.window, moment.as_of, moment.timezone), moment)
        type = result_type(leaf.measure)
        # A measurement is finite or missing; numbers are compared as the measure has them.
        literal = (lambda one: of.compared(v, one, value)) if type == NUMBER else None
        return comparison.expression(
            v, leaf.comparison, number, type, moment, literal=literal, present=v.is_present(number)
        )

    # --- Words and schema ---

    def words(self, leaf: BehaviourLeaf, telling: "Telling") -> str:
        return telling.behaviour(leaf)

    def schema(self) -> dict[str, Any]:
        parts = {
            self.key: {"type": "string"},
            "where": where_schema(),
            "measure": measure_schema(load_all(MEASURES, Measure)),
            "window": own_window_schema(),
        }
        schema = comparison_schema(parts, needed=[self.key, "window"])
        return {**schema, "dependentRequired": {"measure": ["op"]}}


def _judge(leaf: BehaviourLeaf, number: Any, moment: Moment) -> bool:
    exact = compared if measure(leaf.measure.kind).exact else None
    return comparison.judge(leaf.comparison, number, result_type(leaf.measure), moment, exact)


def _however_often(leaf: BehaviourLeaf) -> bool | None:
    """The answer that every count from one up gets, so that any one row decides; None if counts differ."""
    limit = leaf.comparison.operand
    if leaf.measure.kind != "count" or not isinstance(limit, float):
        return None
    counts = {1, math.floor(limit), math.ceil(limit), math.floor(limit) + 1}
    holds = comparison.operator(leaf.comparison.op).holds
    answers = {holds(count, limit) for count in counts if count >= 1}
    return answers.pop() if len(answers) == 1 else None
