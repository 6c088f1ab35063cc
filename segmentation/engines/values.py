"""Arrays of values with what is missing, and the tests on them, each as the plain meaning has it."""

import operator
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentation.engines.codes import NO_CODE
from segmentation.engines.not_here import NotHere

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "equals": operator.eq,
    "more_than": operator.gt,
    "at_least": operator.ge,
    "less_than": operator.lt,
    "at_most": operator.le,
}
# Whole numbers up to this are exact in a float, and so are their sums if those are.
EXACT = 2.0**53
MOST_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class Values:
    """Numbers, missing where `there` says so or, without it, where they are no numbers; or codes of `words`."""

    array: np.ndarray
    there: np.ndarray | None = None
    words: Any = None

    def present(self) -> np.ndarray | None:
        """Where there is a value; None: everywhere."""
        if self.words is not None:
            return self.array != NO_CODE
        if self.there is not None:
            return self.there
        return ~np.isnan(self.array) if self.array.dtype.kind == "f" else None


def compare(word: str, left: Values, right: Any) -> np.ndarray:
    """Where the comparison with a plain value, or with as many others, holds; never where one is missing."""
    test = COMPARISONS[word]
    if left.words is not None:
        if word == "equals":
            return left.array == left.words.codes().get(right, NO_CODE - 1)
        return each_word(left, (word, right), lambda one: test(one, right))
    other = right.array if isinstance(right, Values) else _number(right)
    found = test(left.array, other)
    for there in (left.there, right.there if isinstance(right, Values) else None):
        found = found if there is None else found & there
    return found


def among(left: Values, choices: list[Any]) -> np.ndarray:
    """Where the value is one of the choices."""
    if left.words is not None:
        codes = left.words.codes()
        return _marked(left, [codes[one] for one in choices if one in codes])
    if any(isinstance(one, Values) for one in choices):
        return np.logical_or.reduce([compare("equals", left, one) for one in choices])
    there = np.isin(left.array, np.array([_number(one) for one in choices], dtype=np.float64))
    return there if left.there is None else there & left.there


def each_word(left: Values, key: Hashable, test: Callable[[Any], bool]) -> np.ndarray:
    """Where a Python test of the value passes: asked once of each different value. `key` tells it from other tests."""
    if left.words is None or len(left.words) > MOST_WORDS:
        raise NotHere
    return left.words.passing(key, test)[left.array]


def _marked(left: Values, codes: list[int]) -> np.ndarray:
    if len(codes) == 1:
        return left.array == codes[0]
    # One more than there are codes, so that the missing ones' -1 finds the last.
    passes = np.zeros(len(left.words) + 1, dtype=bool)
    passes[codes] = True
    return passes[left.array]


def _number(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > EXACT:
        # What it is compared with is smaller, so how much larger it is does not matter.
        return EXACT * 2 if value > 0 else -EXACT * 2
    return value


def millionths(values: Values, unit: int, largest: float) -> Values:
    """Numbers in whole millionths, as `rules.numbers` takes them."""
    there = values.present()
    there = None if there is None or there.all() else there
    array = values.array
    if len(array) and not (array.max() <= largest and array.min() >= -largest):  # also where one is missing
        array = np.clip(array, -largest, largest)
    scaled = array * float(unit)
    scaled += 0.5
    return Values(np.floor(scaled, out=scaled), there)
