"""The contract of measures. To add one, copy a neighbour and give it a case in tests/contracts/test_measures.py."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from segmentation.rules.catalog import NUMBER
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Value
from segmentation.rules.rows import Occurrence
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import Bounds

Measurement = Fraction | Value | None


class Measure(ABC):
    """A number, or another value, made of the occurrences that fit; of one property's values if it takes a property."""

    # Types of property that it takes; none: it takes no property.
    types: ClassVar[frozenset[str]] = frozenset()
    # What it is of no occurrence at all; None: missing.
    empty: ClassVar[float | None] = 0
    # It adds, so numbers count in whole millionths: those it adds and those it is compared with.
    exact: ClassVar[bool] = False
    # Its name by language; {property} and {event} are their names.
    words: ClassVar[dict[str, str]]

    def result(self, of: str) -> str:
        """The type of the measurement, given that of the property; most are numbers."""
        return NUMBER

    @property
    def key(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def meaning(self, rows: Sequence[Occurrence], values: Sequence[Any], moment: Moment) -> Measurement:
        """The measurement, in plain Python. `rows` are in order of time; `values` are the property's in them, without
        missing ones."""

    @abstractmethod
    def expression(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        """The same over one customer's rows, in the words of an engine; `value` is missing where the property is."""

    def rank(self, measurement: Any) -> Any:
        """The measurement as customers are ranked by it."""
        return measurement

    def ranked(self, v: Vocabulary, value: Expr, bounds: Bounds, moment: Moment) -> Expr:
        """The same in the words of an engine."""
        return self.expression(v, value, bounds, moment)

    def compared(self, v: Vocabulary, number: float, value: Expr) -> Expr:
        """A number as the expression is to be compared with it."""
        return v.literal(number, "number")
