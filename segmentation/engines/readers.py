"""Reads the words of a question over arrays: of single rows, and of all rows of each customer together.

Customers are positions: an array over customers has a place for each id, so counting is `numpy.bincount`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from segmentation.engines.blocks import EPOCH, MICROSECOND
from segmentation.engines.not_here import NotHere
from segmentation.engines.values import COMPARISONS, EXACT, Values, among, compare, each_word, millionths
from segmentation.engines.words import MOST_WORDS, Word
from segmentation.rules.catalog import DATETIME
from segmentation.rules.days import offsets
from segmentation.rules.numbers import LARGEST_ADDED, UNIT
from segmentation.rules.patterns import found

MICROSECONDS_PER_DAY = 86_400_000_000
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "matches": lambda text, pattern: found(pattern, text),
}
# Rows of customers further apart than this many times their number are counted one by one.
SPARSE = 8
# Customers times different values: as many as fit into the numbers that sort fastest.
SMALL = 1 << 32


class Rows(Protocol):
    """Some rows, all in memory at once."""

    @property
    def customers(self) -> np.ndarray:
        """Whose row it is."""

    def column(self, name: str) -> Values: ...


class Reader:
    """What is said alike of rows and of customers. A test is an array, or plainly yes or no for all."""

    def __init__(self) -> None:
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
            return each_word(self.read(of), (word.word, operand), lambda text: test(text, operand))
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

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows

    def _column(self, name: str) -> Values:
        return self.rows.column(name)

    def _only_numbers(self, of: Word) -> Values:
        values = self.read(of)
        finite = np.isfinite(values.array)
        return values if finite.all() else Values(np.where(finite, values.array, np.nan))


class CustomerReader(Reader):
    """Says of each customer, by what the customer's rows are together: part after part of them. `size`: of all ids."""

    def __init__(self, parts: Sequence[Rows], size: int) -> None:
        super().__init__()
        self.parts, self.size = parts, size

    def _count(self) -> Values:
        return Values(self.counts)

    def _count_of(self, of: Word) -> Values:
        return Values(self._counted(values.present() for _, values in self._of_rows(of)))

    def _sum_of_millionths(self, of: Word) -> Values:
        sums, largest, there = np.zeros(self.size), 0.0, []
        for rows, values in self._of_rows(of):
            added = millionths(values, UNIT, LARGEST_ADDED)
            there.append(added.there)
            weights = added.array if added.there is None else np.where(added.there, added.array, 0)
            if len(weights):
                largest = max(largest, weights.max(), -weights.min())
                add_up(sums, rows.customers, weights)
        counts = self._counted(there)
        if largest * counts.max(initial=0) >= EXACT:
            raise NotHere
        return Values(sums, counts > 0)

    def _smallest(self, of: Word) -> Values:
        return self._extreme(of, np.minimum, np.inf)

    def _largest(self, of: Word) -> Values:
        return self._extreme(of, np.maximum, -np.inf)

    def _extreme(self, of: Word, pick: np.ufunc, start: float) -> Values:
        picked, marks = np.full(self.size, start), []
        for rows, values in self._of_rows(of):
            if values.words is not None or values.array.dtype.kind != "f":
                raise NotHere
            there = values.present()
            marks.append(there)
            if there is None or there.all():
                pick.at(picked, rows.customers, values.array)
            else:
                pick.at(picked, rows.customers[there], values.array[there])
        return Values(picked, self._counted(marks) > 0)

    def _count_distinct(self, of: Word) -> Values:
        if of.word == "event_id":
            return Values(self._events())
        parts, different = self._day_codes(*of.parts) if of.word == "local_day" else self._codes(of)
        kind: Any = np.uint32 if self.size * different < SMALL else np.int64
        packed = joined([_packed(rows.customers, codes, kind, different) for rows, codes in parts], kind)
        packed.sort()
        first = np.ones(len(packed), dtype=bool)
        np.not_equal(packed[1:], packed[:-1], out=first[1:])
        return Values(np.bincount((packed[first] // kind(different)).astype(np.intp), minlength=self.size))

    def _codes(self, of: Word) -> tuple[list[tuple[Rows, np.ndarray]], int]:
        """Numbers of the values of each part's rows, -1 for what is missing; and one more than there are."""
        found = list(self._of_rows(of))
        if not found or found[0][1].words is not None:
            return [(rows, values.array) for rows, values in found], len(found[0][1].words) + 1 if found else 1
        different = np.unique(joined([values.array for _, values in found], np.dtype(np.float64)))
        different = different[~np.isnan(different)]
        return [(rows, _place(values.array, different)) for rows, values in found], len(different) + 1

    def _day_codes(self, timezone: ZoneInfo) -> tuple[list[tuple[Rows, np.ndarray]], int]:
        """The day of each row, counted from the first there is."""
        times = [(rows, rows.column("time").array) for rows in self.parts]
        times = [(rows, some) for rows, some in times if len(some)]
        if not times:
            return [], 1
        earliest, latest = min(some.min() for _, some in times), max(some.max() for _, some in times)
        first, last = (EPOCH + int(edge) * MICROSECOND for edge in (earliest, latest))
        [(_, shift), *changes] = offsets(timezone, first.date(), last.date())
        days = []
        for rows, some in times:
            shifts: Any = shift // MICROSECOND
            for change, later in changes:
                shifts = np.where(some >= (change - EPOCH) // MICROSECOND, later // MICROSECOND, shifts)
            days.append((rows, ((some + shifts) // MICROSECONDS_PER_DAY).astype(np.int32)))
        start = min(some.min() for _, some in days)
        return [(rows, some - start) for rows, some in days], int(max(some.max() for _, some in days) - start) + 1

    def _events(self) -> np.ndarray:
        """How many events the items come from: an event's items lie together, and are one customer's."""
        ids = joined([rows.column("event_id").array for rows in self.parts], np.dtype(np.int64))
        first = np.ones(len(ids), dtype=bool)
        np.not_equal(ids[1:], ids[:-1], out=first[1:])
        sorted_ids = np.sort(ids[first])
        if (sorted_ids[1:] == sorted_ids[:-1]).any():
            raise NotHere
        customers = joined([rows.customers for rows in self.parts], np.dtype(np.int32))
        return np.bincount(customers[first], minlength=self.size)

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

    def _of_rows(self, of: Word) -> Iterator[tuple[Rows, Values]]:
        for rows in self.parts:
            yield rows, RowReader(rows).read(of)

    def _counted(self, marks: Iterable[np.ndarray | None]) -> np.ndarray:
        marked = list(marks)
        if all(some is None or some.all() for some in marked):
            return self.counts
        counts = np.zeros(self.size, np.int32)
        for rows, some in zip(self.parts, marked, strict=True):
            add_up(counts, rows.customers if some is None else rows.customers[some])
        return counts

    @cached_property
    def there(self) -> np.ndarray:
        """Who has a row."""
        if "counts" in self.__dict__:
            return self.counts > 0
        marks = np.zeros(self.size, dtype=bool)
        for rows in self.parts:
            marks[rows.customers] = True
        return marks

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows each customer has."""
        counts = np.zeros(self.size, np.int32)
        for rows in self.parts:
            add_up(counts, rows.customers)
        return counts


def add_up(into: np.ndarray, customers: np.ndarray, weights: np.ndarray | None = None) -> None:
    """Adds the weight of each row, or 1, to its customer. Rows that lie together are of customers close to another."""
    if not len(customers):
        return
    low, high = int(customers.min()), int(customers.max())
    if high - low > SPARSE * len(customers):
        np.add.at(into, customers, 1 if weights is None else weights)
    else:
        near = np.subtract(customers, low, dtype=np.intp)
        into[low : high + 1] += np.bincount(near, weights).astype(into.dtype, copy=False)


def joined(arrays: Sequence[np.ndarray], kind: Any) -> np.ndarray:
    """All of them, one after another."""
    if not arrays:
        return np.empty(0, kind)
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _packed(customers: np.ndarray, codes: np.ndarray, kind: Any, different: int) -> np.ndarray:
    """One number for each customer with a code; rows without one are left out."""
    there = codes >= 0
    if not there.all():
        customers, codes = customers[there], codes[there]
    packed = customers.astype(kind)
    packed *= kind(different)
    packed += codes.astype(kind)
    return packed


def _place(values: np.ndarray, different: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), -1, np.searchsorted(different, values))


@lru_cache(maxsize=MOST_WORDS)
def knows(word: Word) -> bool:
    """Whether a word can be read over arrays, and all that it is said of; so nothing is read from files in vain."""
    return all(one.word in _KNOWN for one in word.all())


_KNOWN = {*COMPARISONS, *TEXT_TESTS, "event_id", "local_day"} | {
    name.removeprefix("_") for reader in (RowReader, CustomerReader) for name in dir(reader)
}
