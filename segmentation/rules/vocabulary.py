"""What an engine must be able to say, so that operators, measures and predicates need no SQL of their own.

`engines/compile.py` says it in sqlglot expressions. Here they are opaque: `Expr` is whatever the engine makes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from segmentation.rules.catalog import Field
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Value
from segmentation.rules.windows import Bounds

Expr = Any
# Kind, key and value of a set that a rule refers to; the value is empty but for tags.
Reference = tuple[str, str, str]

CUSTOMERS, FEATURES, EVENTS, ITEMS = "customers", "features", "events", "items"


class Vocabulary(Protocol):
    """Expressions. A test on a missing value may be unknown, which counts as false, for `negated` as well."""

    def column(self, field: Field) -> Expr: ...
    def literal(self, value: Value, type: str) -> Expr: ...
    def instant(self, instant: datetime) -> Expr: ...
    def on(self, table: str) -> "Vocabulary":
        """The same words over rows of another table."""

    def is_event(self, name: str) -> Expr: ...
    def happened(self, bounds: Bounds) -> Expr: ...

    def is_present(self, value: Expr) -> Expr: ...
    def is_number(self, value: Expr) -> Expr:
        """Present and finite."""

    def only_numbers(self, value: Expr) -> Expr:
        """The value where it is present and finite."""

    def negated(self, test: Expr) -> Expr: ...
    def both(self, tests: Sequence[Expr]) -> Expr: ...
    def either(self, tests: Sequence[Expr]) -> Expr: ...

    def equals(self, left: Expr, right: Expr) -> Expr: ...
    def more_than(self, left: Expr, right: Expr) -> Expr: ...
    def at_least(self, left: Expr, right: Expr) -> Expr: ...
    def less_than(self, left: Expr, right: Expr) -> Expr: ...
    def at_most(self, left: Expr, right: Expr) -> Expr: ...
    def one_of(self, left: Expr, choices: Sequence[Expr]) -> Expr: ...

    def contains(self, text: Expr, part: Expr) -> Expr: ...
    def starts_with(self, text: Expr, part: Expr) -> Expr: ...
    def ends_with(self, text: Expr, part: Expr) -> Expr: ...
    def matches(self, text: Expr, pattern: str) -> Expr: ...
    def has(self, texts: Expr, one: Expr) -> Expr: ...

    def passes(self, value: Expr, test: Callable[[Any], bool]) -> Expr:
        """Values for which a Python function says yes: for what engines do not do exactly as Python does."""

    def within_own(self, field: Field, bounds: Callable[[Any], Bounds | None]) -> Expr:
        """Rows within the bounds that a Python function gives for the trait of the row's customer."""

    def time(self) -> Expr:
        """When the event happened."""

    def minus(self, left: Expr, right: Expr) -> Expr: ...
    def only(self, value: Expr, test: Expr) -> Expr:
        """The value where the test holds."""

    def earliest(self, value: Expr) -> Expr:
        """Of the rows that have the value, that of the first in order (see `Occurrence.order`)."""

    def latest(self, value: Expr) -> Expr:
        """The same of the last."""

    def count(self) -> Expr: ...
    def count_of(self, value: Expr) -> Expr: ...
    def count_distinct(self, value: Expr) -> Expr: ...
    def smallest(self, value: Expr) -> Expr: ...
    def largest(self, value: Expr) -> Expr: ...
    def sum_of_millionths(self, value: Expr) -> Expr:
        """Missing if there is nothing to add."""

    def or_zero(self, value: Expr) -> Expr: ...
    def whole(self, number: int) -> Expr: ...
    def times(self, left: Expr, right: Expr) -> Expr: ...
    def floored_ratio(self, millionths: Expr, count: Expr) -> Expr:
        """The sum through the count, rounded down, shifted by a constant; missing if the sum is."""

    def event_id(self) -> Expr: ...
    def local_day(self, bounds: Bounds, moment: Moment) -> Expr:
        """The number of the row's day in the days of the moment, see `day`."""

    def period(self, unit: str, day: Expr) -> Expr:
        """A number for the week, month, quarter or year that the day with this number lies in; see `periods.UNITS`."""

    def day(self, day: date) -> Expr:
        """The number of a day."""


@dataclass(frozen=True, slots=True)
class Search:
    """Customers found in a table of the lake: those with a row that fits, or whose rows together fit `having`."""

    table: str
    where: Expr | None = None
    having: Expr | None = None
    event: str | None = None
    bounds: Bounds | None = None
    # Everybody but those found.
    complement: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Customers with two rows, none of theirs between them in time, so many days apart, the later within `ends_in`."""

    table: str
    where: Expr
    # The number of a row's day.
    day: Expr
    days: int
    bounds: Bounds
    ends_in: Bounds
    complement: bool = False


@dataclass(frozen=True, slots=True)
class Occurring:
    """Rows of a table that fit."""

    table: str
    test: Expr


@dataclass(frozen=True, slots=True)
class Step:
    """A row that fits, later than that of the step before: by at most `within`, with no row of `without` between."""

    what: Occurring
    within: timedelta | None = None
    without: Occurring | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """Customers with rows for all steps, in this order, within bounds."""

    steps: tuple[Step, ...]
    bounds: Bounds
    complement: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """Of the customers that the search finds, those who rank highest; who is equal to the last is in.

    Ranks up to `most`, or of the share of so many millionths of a percent, rounded up.
    """

    search: Search
    order: Expr
    most: int | None = None
    millionths: int | None = None
    complement: bool = False

    @property
    def bounds(self) -> Bounds | None:
        return self.search.bounds


@dataclass(frozen=True, slots=True)
class Lookup:
    """Customers in any of some named sets and in none of others."""

    any_of: tuple[Reference, ...] = ()
    none_of: tuple[Reference, ...] = ()
    # Everybody but those found.
    complement: bool = False


# What an engine can be asked of one leaf.
Question = Search | Gap | Chain | Ranking | Lookup
