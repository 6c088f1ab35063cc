"""Texts, days and yes or no as small numbers: the different values of a column, numbered as they came."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NO_CODE = -1
# Tests whose answers for each value are remembered.
MOST_TESTS = 200
KINDS = (np.int8, np.int16, np.int32)
_NONE = np.zeros(1, dtype=bool)


class Words:
    """The different values of one coded column. Threads may number values while others ask."""

    def __init__(self, type: pa.DataType) -> None:
        self._known = pa.array([], type)
        self._values: list[Any] = []
        self._codes: dict[Any, int] = {}
        self._passing: dict[Hashable, np.ndarray] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._known)

    def codes(self) -> dict[Any, int]:
        """The number of each value. Grows while others look, so it is for looking up only."""
        with self._lock:
            start = len(self._values)
            if start < len(self._known):
                self._values += self._known[start:].to_pylist()
                self._codes.update(zip(self._values[start:], range(start, len(self._values)), strict=True))
            return self._codes

    def numbers(self, values: pa.Array) -> np.ndarray:
        """The numbers of these values, with that of a missing one at the end; of the smallest type that holds them."""
        with self._lock:
            found = pc.index_in(values, value_set=self._known)
            if found.null_count:
                self._known = pa.concat_arrays([self._known, pc.unique(values.filter(pc.is_null(found)))])
                found = pc.index_in(values, value_set=self._known)
        numbers = np.append(found.to_numpy(zero_copy_only=False), NO_CODE)
        largest = int(numbers.max())
        return numbers.astype(next(kind for kind in KINDS if largest <= np.iinfo(kind).max))

    def passing(self, key: Hashable, test: Callable[[Any], bool]) -> np.ndarray:
        """Which numbers stand for values that pass a Python test; `key` tells it from others.

        One more than there are, so that the -1 of what is missing finds the last, which does not.
        """
        self.codes()
        values, known = self._values, self._passing.get(key, _NONE)
        tested, size = len(known) - 1, len(values)
        if tested < size:
            fresh = np.fromiter((test(value) for value in values[tested:size]), bool, size - tested)
            known = np.concatenate([known[:-1], fresh, _NONE])
            if len(self._passing) >= MOST_TESTS:
                self._passing = {}
            self._passing[key] = known
        return known

    def none(self, size: int) -> np.ndarray:
        """As many missing values."""
        return np.full(size, NO_CODE, np.int8)


def coded(values: pa.Array, words: Words) -> np.ndarray:
    """The numbers of the values."""
    if not pa.types.is_dictionary(values.type):
        values = pc.dictionary_encode(values)
    numbers = words.numbers(values.dictionary)
    places = pc.fill_null(values.indices, len(numbers) - 1) if values.null_count else values.indices
    return numbers[places.to_numpy(zero_copy_only=False)]
