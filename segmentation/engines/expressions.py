"""Expressions of rules in sqlglot: values, logic, comparisons, texts. Measures are in `compile`."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Self

from sqlglot import exp

from segmentation.rules.catalog import BOOLEAN, DATE, DATETIME, NUMBER, Field
from segmentation.rules.nodes import Value
from segmentation.rules.patterns import found, names_classes
from segmentation.rules.vocabulary import CUSTOMERS, EVENTS
from segmentation.rules.windows import Bounds

# Longer lists are handed over as one parameter.
MOST_LITERALS = 50
TIME = exp.column("time", quoted=True)
EVENT = exp.column("event", quoted=True)

# The values of a table's column, each once, for tests that only Python can do.
DistinctValues = Callable[[str, str], list[Any]]


class Expressions:
    """The vocabulary of `rules.vocabulary`. Values from outside become literals or parameters, names quoted columns.

    An expression that is handed to `both` or `either` becomes part of theirs; all others are copied.
    """

    def __init__(
        self, distinct_values: DistinctValues, event_times: tuple[datetime, datetime], table: str = EVENTS
    ) -> None:
        self.parameters: dict[str, list[Any]] = {}
        self._distinct_values = distinct_values
        # First and last instant at which the lake has an event.
        self._event_times = event_times
        self._table = table

    # --- Values ---

    def column(self, field: Field) -> exp.Expr:
        return exp.column(field.column, quoted=True)

    def literal(self, value: Value, type: str) -> exp.Expr:
        if type == NUMBER:
            return exp.cast(exp.Literal.string(repr(value)), exp.DataType.Type.DOUBLE)
        if type == BOOLEAN:
            return exp.Boolean(this=value)
        if type == DATETIME and isinstance(value, datetime):
            return instant_literal(value)
        if type == DATE and isinstance(value, date):
            return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)
        return exp.Literal.string(str(value))

    def is_present(self, value: exp.Expr) -> exp.Expr:
        return exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))

    def is_number(self, value: exp.Expr) -> exp.Expr:
        return call("isfinite", value)

    def only_numbers(self, value: exp.Expr) -> exp.Expr:
        return exp.Case(ifs=[exp.If(this=self.is_number(value), true=value.copy())])

    def instant(self, instant: datetime) -> exp.Expr:
        return instant_literal(instant)

    def on(self, table: str) -> Self:
        words = type(self)(self._distinct_values, self._event_times, table)
        words.parameters = self.parameters
        return words

    def is_event(self, name: str) -> exp.Expr:
        return binary(exp.EQ, EVENT, exp.Literal.string(name))

    def happened(self, bounds: Bounds) -> exp.Expr:
        return self.both(time_tests(bounds, self._event_times))

    # --- Logic ---

    def negated(self, test: exp.Expr) -> exp.Expr:
        return exp.Not(this=exp.Coalesce(this=test.copy(), expressions=[exp.false()]))

    def both(self, tests: Sequence[exp.Expr]) -> exp.Expr:
        return exp.and_(*tests, copy=False) if tests else exp.true()

    def either(self, tests: Sequence[exp.Expr]) -> exp.Expr:
        return exp.or_(*tests, copy=False) if tests else exp.false()

    # --- Comparisons ---

    def equals(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return binary(exp.EQ, left, right)

    def more_than(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return binary(exp.GT, left, right)

    def at_least(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return binary(exp.GTE, left, right)

    def less_than(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return binary(exp.LT, left, right)

    def at_most(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return binary(exp.LTE, left, right)

    def one_of(self, left: exp.Expr, choices: Sequence[exp.Expr]) -> exp.Expr:
        values = [_plain(choice) for choice in choices]
        if len(values) > MOST_LITERALS and None not in values:
            return self._among(left, values)
        return exp.In(this=left.copy(), expressions=[choice.copy() for choice in choices])

    # --- Texts ---

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return binary(exp.Contains, text, part)

    def starts_with(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return binary(exp.StartsWith, text, part)

    def ends_with(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return binary(exp.EndsWith, text, part)

    def matches(self, text: exp.Expr, pattern: str) -> exp.Expr:
        if names_classes(pattern):
            return self.passes(text, lambda one: found(pattern, one))
        return binary(exp.RegexpLike, text, exp.Literal.string(pattern))

    def has(self, texts: exp.Expr, one: exp.Expr) -> exp.Expr:
        return binary(exp.ArrayContains, texts, one)

    def passes(self, value: exp.Expr, test: Callable[[Any], bool]) -> exp.Expr:
        """Asks Python once for each distinct value of the column, then asks for those that passed."""
        passed = [one for one in self._distinct_values(self._table, _column_of(value).name) if test(one)]
        return self._among(value, passed) if passed else exp.false()

    def within_own(self, field: Field, bounds: Callable[[Any], Bounds | None]) -> exp.Expr:
        """Asks Python once for each distinct value of the trait; then each row looks up its customer's bounds."""
        values = self._distinct_values(CUSTOMERS, field.column)
        known = [(value, found) for value in values if (found := bounds(value)) is not None]
        if not known:
            return exp.false()
        columns = {
            "value": [value for value, _ in known],
            "first": [found.first for _, found in known],
            "stop": [found.stop for _, found in known],
        }
        return exp.and_(
            exp.GTE(this=TIME.copy(), expression=self._of_own(field, columns, "first")),
            exp.LT(this=TIME.copy(), expression=self._of_own(field, columns, "stop")),
        )

    def _of_own(self, field: Field, columns: dict[str, list[Any]], wanted: str) -> exp.Expr:
        """One of the columns, in the row where `value` is the trait of the row's customer."""
        lists = []
        for name in ("value", wanted):
            parameter = f"own_{len(self.parameters)}"
            self.parameters[parameter] = columns[name]
            lists.append(exp.alias_(exp.Unnest(expressions=[exp.Placeholder(this=parameter)]), name, quoted=True))
        bounds = exp.select(*lists).subquery("bounds")
        trait, value = _of("own", field.column), _of("bounds", "value")
        mine = exp.EQ(this=_of("own", "customer_id"), expression=_of(self._table, "customer_id"))
        found = exp.select(_of("bounds", wanted)).from_(exp.alias_(exp.to_table(CUSTOMERS), "own", table=True))
        return exp.Subquery(this=found.join(bounds, on=exp.EQ(this=trait, expression=value)).where(mine))

    def _among(self, left: exp.Expr, values: list[Any]) -> exp.Expr:
        name = f"values_{len(self.parameters)}"
        self.parameters[name] = values
        choices = exp.select(exp.Unnest(expressions=[exp.Placeholder(this=name)]))
        return exp.In(this=left.copy(), query=exp.Subquery(this=choices))


def time_tests(bounds: Bounds, event_times: tuple[datetime, datetime]) -> list[exp.Expr]:
    """The bounds as tests, left out where no event lies beyond: so "until now" asks the same as it did a minute ago."""
    first, last = event_times
    tests = []
    if bounds.first is not None and bounds.first > first:
        tests.append(binary(exp.GTE, TIME, instant_literal(bounds.first)))
    if bounds.stop is not None and bounds.stop <= last:
        tests.append(binary(exp.LT, TIME, instant_literal(bounds.stop)))
    return tests


def instant_literal(value: datetime) -> exp.Expr:
    """A literal instant."""
    return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), exp.DataType.Type.TIMESTAMPTZ)


def binary(kind: type[exp.Expr], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return kind(this=left.copy(), expression=right.copy())


def call(function: str, value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=function, expressions=[value.copy()])


def _of(table: str, column: str) -> exp.Expr:
    return exp.column(column, table=table, quoted=True)


def _plain(choice: exp.Expr) -> Any:
    """The value of a literal text or number; None for anything else."""
    if isinstance(choice, exp.Literal) and choice.is_string:
        return choice.this
    if isinstance(choice, exp.Cast) and choice.is_type(exp.DataType.Type.DOUBLE):
        return float(choice.this.this)
    return None


def _column_of(value: exp.Expr) -> exp.Column:
    """The column that the value is, or is taken from."""
    while not isinstance(value, exp.Column):
        value = value.this
    return value
