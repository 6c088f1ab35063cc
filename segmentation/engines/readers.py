"""Reads the words of a question over arrays: of single rows, and of all rows of each customer together.

Customers are positions: an array over customers has a place for each id, so counting is `numpy.bincount`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from segmentation.engines.columns import NotHere
from segmentation.engines.values import COMPARISONS, EXACT, Values, among, compare, each_word, millionths
from segmentation.engines.words import Word
from segmentation.rules.catalog import DATETIME
from segmentation.rules.days import offsets
from segmentation.rules.numbers import LARGEST_ADDED, UNIT
from segmentation.rules.patterns import found

MICROSECONDS_PER_DAY = 86_400_000_000
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "matches": lambda text, pattern: found(pattern, text),
}
# Customers times different values: as many as fit into the numbers that sort fastest.
SMALL = 1 << 32


class Rows(Protocol):
    """The rows that are asked about."""

    @property
    def ids(self) -> np.ndarray | None:
        """Who the customers are, if the rows number them otherwise."""

    @property
    def customers(self) -> np.ndarray:
        """Whose row it is."""

    @property
    def size(self) -> int:
        """More than the largest id."""

    def column(self, name: str) -> Values: ...


class Reader:
    """What is said alike of rows and of customers. A test is an array, or plainly yes or no for all."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._said: dict[Word, Any] = {}

    def read(self, word: Word) -> Any:
        """What the word says, worked out once. Raises NotHere for words, or values, that are SQL's."""
        if word not in self._said:
            self._said[word] = self._read(word)
        return self._said[word]

    def _read(self, word: Word) -> Any:
        if word.word in COMPARISONS:
            left, right = map(self.read, word.parts)
            return compare(word.word, left, right)
        if word.word in TEXT_TESTS:
            of, part = word.parts
            operand = part if isinstance(part, str) else self.read(part)
            test = TEXT_TESTS[word.word]
            return each_word(self.read(of), lambda text: test(text, operand))
        if (method := getattr(self, f"_{word.word}", None)) is None:
            raise NotHere
        return method(*word.parts)

    def test(self, word: Word) -> Any:
        """What a test says: an array of yes and no, or one of them for all."""
        found = self.read(word)
        return compare("equals", found, True) if isinstance(found, Values) else found

    def _literal(self, value: Any, type: str) -> Any:
        if type == DATETIME:
            raise NotHere
        return value

    def _both(self, tests: tuple[Word, ...]) -> Any:
        return reduce(np.logical_and, map(self.test, tests), np.True_)

    def _either(self, tests: tuple[Word, ...]) -> Any:
        return reduce(np.logical_or, map(self.test, tests), np.False_)

    def _negated(self, test: Word) -> Any:
        return np.logical_not(self.test(test))

    def _is_present(self, of: Word) -> Any:
        there = self.read(of).present()
        return np.True_ if there is None else there

    def _is_number(self, of: Word) -> Any:
        values = self.read(of)
        finite = np.isfinite(values.array)
        return finite if values.there is None else finite & values.there

    def _one_of(self, of: Word, choices: tuple[Word, ...]) -> Any:
        return among(self.read(of), [self.read(choice) for choice in choices])


class RowReader(Reader):
    """Says of each row."""

    def _column(self, name: str) -> Values:
        return self.rows.column(name)

    def _only_numbers(self, of: Word) -> Values:
        values = self.read(of)
        finite = np.isfinite(values.array)
        return values if finite.all() else Values(np.where(finite, values.array, np.nan))


class CustomerReader(Reader):
    """Says of each customer, by what the customer's rows are together."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self._of_rows = RowReader(rows)

    def _count(self) -> Values:
        return Values(self.counts)

    def _count_of(self, of: Word) -> Values:
        return Values(self._counted(self._of_rows.read(of).present()))

    def _sum_of_millionths(self, of: Word) -> Values:
        added = millionths(self._of_rows.read(of), UNIT, LARGEST_ADDED)
        counts = self._counted(added.there)
        weights = added.array if added.there is None else np.where(added.there, added.array, 0)
        if len(weights) and max(weights.max(), -weights.min()) * counts.max(initial=0) >= EXACT:
            raise NotHere
        return Values(np.bincount(self.rows.customers, weights, self.rows.size), counts > 0)

    def _smallest(self, of: Word) -> Values:
        return self._extreme(of, np.minimum, np.inf)

    def _largest(self, of: Word) -> Values:
        return self._extreme(of, np.maximum, -np.inf)

    def _extreme(self, of: Word, pick: np.ufunc, start: float) -> Values:
        values = self._of_rows.read(of)
        if values.words is not None or values.array.dtype.kind != "f":
            raise NotHere
        there = values.present()
        customers, array = self.rows.customers, values.array
        if there is not None and not there.all():
            customers, array = customers[there], array[there]
        picked = np.full(self.rows.size, start)
        pick.at(picked, customers, array)
        return Values(picked, self._counted(there) > 0)

    def _count_distinct(self, of: Word) -> Values:
        if of.word == "event_id":
            return Values(self._events())
        codes, different = self._day_codes(*of.parts) if of.word == "local_day" else self._codes(of)
        customers = self.rows.customers
        if (there := codes >= 0).all() is np.False_:
            customers, codes = customers[there], codes[there]
        kind: Any = np.uint32 if self.rows.size * different < SMALL else np.int64
        packed = customers.astype(kind) * kind(different) + codes.astype(kind)
        packed.sort()
        first = np.ones(len(packed), dtype=bool)
        np.not_equal(packed[1:], packed[:-1], out=first[1:])
        return Values(np.bincount((packed[first] // kind(different)).astype(np.intp), minlength=self.rows.size))

    def _codes(self, of: Word) -> tuple[np.ndarray, int]:
        values = self._of_rows.read(of)
        if values.words is not None:
            return values.array, len(values.words) + 1
        different, codes = np.unique(values.array, return_inverse=True)
        missing = np.isnan(different)
        return np.where(missing[codes], -1, codes), len(different) + 1

    def _day_codes(self, timezone: ZoneInfo) -> tuple[np.ndarray, int]:
        """The day of each row, counted from the first there is."""
        times = self.rows.column("time").array
        if not len(times):
            return times, 1
        first, last = (EPOCH + int(edge) * MICROSECOND for edge in (times.min(), times.max()))
        [(_, shift), *changes] = offsets(timezone, first.date(), last.date())
        shifts: Any = shift // MICROSECOND
        for change, later in changes:
            shifts = np.where(times >= (change - EPOCH) // MICROSECOND, later // MICROSECOND, shifts)
        days = (times + shifts) // MICROSECONDS_PER_DAY
        return days - days.min(), int(days.max() - days.min()) + 1

    def _events(self) -> np.ndarray:
        """How many events the items come from: an event's items lie together, and are one customer's."""
        ids = self.rows.column("event_id").array
        first = np.ones(len(ids), dtype=bool)
        np.not_equal(ids[1:], ids[:-1], out=first[1:])
        sorted_ids = np.sort(ids[first])
        if (sorted_ids[1:] == sorted_ids[:-1]).any():
            raise NotHere
        return self._counted(first)

    def _or_zero(self, of: Word) -> Values:
        values = self.read(of)
        return Values(values.array if values.there is None else np.where(values.there, values.array, 0))

    def _whole(self, number: int) -> int:
        return number

    def _times(self, left: Word, right: Word) -> Values:
        number, counts = self.read(left), self.read(right)
        if abs(number) * int(counts.array.max(initial=0)) >= EXACT:
            raise NotHere
        return Values(counts.array * float(number), counts.there)

    def _counted(self, marked: np.ndarray | None) -> np.ndarray:
        if marked is None or marked.all():
            return self.counts
        return np.bincount(self.rows.customers[marked], minlength=self.rows.size)

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows each customer has."""
        return np.bincount(self.rows.customers, minlength=self.rows.size)


def knows(word: Word) -> bool:
    """Whether a word can be read over arrays, and all that it is said of; so nothing is read from files in vain."""
    return all(one.word in _KNOWN for one in word.all())


_KNOWN = {*COMPARISONS, *TEXT_TESTS, "event_id", "local_day"} | {
    name.removeprefix("_") for reader in (RowReader, CustomerReader) for name in dir(reader)
}
