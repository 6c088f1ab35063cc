"""Leaves as SQL: the vocabulary of rules in sqlglot expressions, and a search as a SELECT over the lake's tables."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlglot import exp

from segmentation.rules.catalog import BOOLEAN, DATE, DATETIME, NUMBER, Field
from segmentation.rules.days import Moment, offsets
from segmentation.rules.nodes import Value
from segmentation.rules.numbers import LARGEST_ADDED, UNIT
from segmentation.rules.patterns import found, names_classes
from segmentation.rules.vocabulary import FEATURES, Search
from segmentation.rules.windows import Bounds

# Longer lists are handed over as one parameter.
MOST_LITERALS = 50
CUSTOMER = exp.column("customer_id", quoted=True)
TIME = exp.column("time", quoted=True)
MICROSECONDS_PER_DAY = 86_400_000_000
# Whole days that make every day's number positive, so that dividing them rounds one way.
SHIFTED_DAYS = 1_000_000

# The values of a column, each once, for tests that only Python can do.
DistinctValues = Callable[[str], list[Any]]


class Sql:
    """The vocabulary of `rules.vocabulary`. Values from outside become literals or parameters, names quoted columns.

    An expression that is handed to `both` or `either` becomes part of theirs; all others are copied.
    """

    def __init__(self, distinct_values: DistinctValues, event_times: tuple[datetime, datetime]) -> None:
        self.parameters: dict[str, list[Any]] = {}
        self._distinct_values = distinct_values
        # First and last instant at which the lake has an event.
        self._event_times = event_times

    # --- Values ---

    def column(self, field: Field) -> exp.Expr:
        return exp.column(field.column, quoted=True)

    def literal(self, value: Value, type: str) -> exp.Expr:
        if type == NUMBER:
            return exp.cast(exp.Literal.string(repr(value)), exp.DataType.Type.DOUBLE)
        if type == BOOLEAN:
            return exp.Boolean(this=value)
        if type == DATETIME and isinstance(value, datetime):
            return instant(value)
        if type == DATE and isinstance(value, date):
            return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)
        return exp.Literal.string(str(value))

    def is_present(self, value: exp.Expr) -> exp.Expr:
        return exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))

    def is_number(self, value: exp.Expr) -> exp.Expr:
        return _call("isfinite", value)

    def only_numbers(self, value: exp.Expr) -> exp.Expr:
        return exp.Case(ifs=[exp.If(this=self.is_number(value), true=value.copy())])

    # --- Logic ---

    def negated(self, test: exp.Expr) -> exp.Expr:
        return exp.Not(this=exp.Coalesce(this=test.copy(), expressions=[exp.false()]))

    def both(self, tests: Sequence[exp.Expr]) -> exp.Expr:
        return exp.and_(*tests, copy=False) if tests else exp.true()

    def either(self, tests: Sequence[exp.Expr]) -> exp.Expr:
        return exp.or_(*tests, copy=False) if tests else exp.false()

    # --- Comparisons ---

    def equals(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return _binary(exp.EQ, left, right)

    def more_than(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return _binary(exp.GT, left, right)

    def at_least(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return _binary(exp.GTE, left, right)

    def less_than(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return _binary(exp.LT, left, right)

    def at_most(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return _binary(exp.LTE, left, right)

    def one_of(self, left: exp.Expr, choices: Sequence[exp.Expr]) -> exp.Expr:
        values = [_plain(choice) for choice in choices]
        if len(values) > MOST_LITERALS and None not in values:
            return self._among(left, values)
        return exp.In(this=left.copy(), expressions=[choice.copy() for choice in choices])

    # --- Texts ---

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _binary(exp.Contains, text, part)

    def starts_with(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _binary(exp.StartsWith, text, part)

    def ends_with(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _binary(exp.EndsWith, text, part)

    def matches(self, text: exp.Expr, pattern: str) -> exp.Expr:
        if names_classes(pattern):
            return self.passes(text, lambda one: found(pattern, one))
        return _binary(exp.RegexpLike, text, exp.Literal.string(pattern))

    def has(self, texts: exp.Expr, one: exp.Expr) -> exp.Expr:
        return _binary(exp.ArrayContains, texts, one)

    def passes(self, value: exp.Expr, test: Callable[[Any], bool]) -> exp.Expr:
        """Asks Python once for each distinct value of the column, then asks for those that passed."""
        passed = [one for one in self._distinct_values(value.name) if test(one)]
        return self._among(value, passed) if passed else exp.false()

    def _among(self, left: exp.Expr, values: list[Any]) -> exp.Expr:
        name = f"values_{len(self.parameters)}"
        self.parameters[name] = values
        choices = exp.select(exp.Unnest(expressions=[exp.Placeholder(this=name)]))
        return exp.In(this=left.copy(), query=exp.Subquery(this=choices))

    # --- Measures ---

    def count(self) -> exp.Expr:
        return exp.Count(this=exp.Star())

    def count_of(self, value: exp.Expr) -> exp.Expr:
        return exp.Count(this=value.copy())

    def count_distinct(self, value: exp.Expr) -> exp.Expr:
        return exp.Count(this=exp.Distinct(expressions=[value.copy()]))

    def smallest(self, value: exp.Expr) -> exp.Expr:
        return exp.Min(this=value.copy())

    def largest(self, value: exp.Expr) -> exp.Expr:
        return exp.Max(this=value.copy())

    def sum_of_millionths(self, value: exp.Expr) -> exp.Expr:
        most = self.literal(LARGEST_ADDED, NUMBER)
        least = self.literal(-LARGEST_ADDED, NUMBER)
        kept = exp.Case(
            ifs=[
                exp.If(this=self.more_than(value, most), true=most),
                exp.If(this=self.less_than(value, least), true=least),
            ],
            default=value.copy(),
        )
        scaled = exp.Add(this=exp.Mul(this=kept, expression=self.literal(float(UNIT), NUMBER)), expression=_HALF.copy())
        return exp.Sum(this=exp.cast(exp.Floor(this=scaled), exp.DataType.Type.BIGINT))

    def or_zero(self, value: exp.Expr) -> exp.Expr:
        return exp.Coalesce(this=value.copy(), expressions=[exp.Literal.number(0)])

    def whole(self, number: int) -> exp.Expr:
        return exp.cast(exp.Literal.number(number), exp.DataType.Type.INT128)

    def times(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return _binary(exp.Mul, left, right)

    def event_id(self) -> exp.Expr:
        return exp.column("event_id", quoted=True)

    def local_day(self, bounds: Bounds, moment: Moment) -> exp.Expr:
        """The number of the day, by the time zone's offsets written out: zoneinfo decides, not DuckDB's tables."""
        first, last = self._event_times
        start = max(bounds.first or first, first)
        stop = max(min(bounds.stop or last, last), start)
        shifts = offsets(moment.timezone, start.date(), stop.date())
        cases = [
            exp.If(this=self.less_than(TIME, instant(change)), true=_shift(shift))
            for (_, shift), (change, _) in pairwise(shifts)
        ]
        last_shift = _shift(shifts[-1][1])
        shift = exp.Case(ifs=cases, default=last_shift) if cases else last_shift
        local = exp.Add(this=_call("epoch_us", TIME), expression=shift)
        return exp.IntDiv(this=exp.Paren(this=local), expression=exp.Literal.number(MICROSECONDS_PER_DAY))


def select(
    search: Search, event_times: tuple[datetime, datetime], features_as_of: datetime | None
) -> exp.Select | None:
    """The SELECT of the customers found, over the lake's table names; None if there cannot be any."""
    tests = [] if search.where is None else [search.where]
    if search.event is not None:
        tests.append(_binary(exp.EQ, exp.column("event", quoted=True), exp.Literal.string(search.event)))
    if search.bounds is not None:
        tests += time_tests(search.bounds, event_times)
    if search.table == FEATURES:
        if features_as_of is None:
            return None
        tests.append(_binary(exp.EQ, exp.column("as_of", quoted=True), instant(features_as_of)))
    query = exp.select(CUSTOMER.copy(), copy=False).from_(exp.to_table(search.table), copy=False)
    if tests:
        query = query.where(*tests, copy=False)
    if search.having is None:
        return query
    return query.group_by(CUSTOMER.copy(), copy=False).having(search.having, copy=False)


def time_tests(bounds: Bounds, event_times: tuple[datetime, datetime]) -> list[exp.Expr]:
    """The bounds as tests, left out where no event lies beyond: so "until now" asks the same as it did a minute ago."""
    first, last = event_times
    tests = []
    if bounds.first is not None and bounds.first > first:
        tests.append(_binary(exp.GTE, TIME, instant(bounds.first)))
    if bounds.stop is not None and bounds.stop <= last:
        tests.append(_binary(exp.LT, TIME, instant(bounds.stop)))
    return tests


def instant(value: datetime) -> exp.Expr:
    """A literal instant."""
    return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), exp.DataType.Type.TIMESTAMPTZ)


def _binary(kind: type[exp.Expr], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return kind(this=left.copy(), expression=right.copy())


def _call(function: str, value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=function, expressions=[value.copy()])


def _plain(choice: exp.Expr) -> Any:
    """The value of a literal text or number; None for anything else."""
    if isinstance(choice, exp.Literal) and choice.is_string:
        return choice.this
    if isinstance(choice, exp.Cast) and choice.is_type(exp.DataType.Type.DOUBLE):
        return float(choice.this.this)
    return None


def _shift(offset: timedelta) -> exp.Expr:
    microseconds = SHIFTED_DAYS * MICROSECONDS_PER_DAY + offset // timedelta(microseconds=1)
    return exp.Literal.number(microseconds)


_HALF = exp.cast(exp.Literal.string("0.5"), exp.DataType.Type.DOUBLE)
