"""What an engine must be able to say, so that operators, measures and predicates need no SQL of their own.

`engines/compile.py` says it in sqlglot expressions. Here they are opaque: `Expr` is whatever the engine makes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    def event_id(self) -> Expr: ...
    def local_day(self, bounds: Bounds, moment: Moment) -> Expr: ...


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
class Lookup:
    """Customers in any of some named sets and in none of others."""

    any_of: tuple[Reference, ...] = ()
    none_of: tuple[Reference, ...] = ()
    # Everybody but those found.
    complement: bool = False
