"""ProfileEncoder: customers' features as rows of comparable numbers, with every constant kept.

Money, counts and days are heavy-tailed, so their logarithm is taken; the outermost half percent is pulled in; then
each column is centred and scaled. Shares stay as they are. A category becomes one 0/1 column per frequent value. A
missing number takes the median, and when many are missing, being missing is a column of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.segments import blocks
from segmentation.segments.algorithms.base import ClusteringError, Matrix
from segmentation.segments.blocks import Block

Treatment = Literal["amount", "share", "category"]
# A leaf of a rule, as JSON.
Condition = dict[str, Any]

# Values below and above these percentiles count as these.
CLIP = (0.5, 99.5)
# A category's rarer values become one, and there are at most this many columns for it.
RAREST = 0.01
MOST_LEVELS = 10
# From this share of missing numbers on, missing is said by a column of its own.
MANY_MISSING = 0.05
# Rows are encoded so many at a time, which fit the processor's cache with all their columns.
ROWS_AT_ONCE = 8_192
OTHER = "\0other"


@dataclass(frozen=True)
class NumberColumn:
    """The constants of one numeric feature."""

    key: str
    treatment: Treatment
    low: float
    high: float
    mean: float
    deviation: float
    median: float
    flag: bool
    # Gaps stay gaps (NaN), for algorithms that leave them out; else they take the median.
    gaps: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key, f"{self.key}:missing") if self.flag else (self.key,)

    def encode(self, values: NDArray[Any]) -> Matrix:
        numbers = _spread(np.asarray(values, dtype=np.float64), self.treatment)
        missing = np.isnan(numbers)
        filling = np.nan if self.gaps else self.median
        numbers = np.where(missing, filling, np.clip(numbers, self.low, self.high))
        scaled = (numbers - self.mean) / self.deviation
        return np.column_stack([scaled, missing]) if self.flag else scaled[:, None]

    def condition(self, place: int, above: bool, threshold: float) -> Condition:
        """What `column place > threshold` (or not above it) says of the feature as it is, as a leaf of a rule."""
        if place:
            return {"feature": self.key, "op": "is_missing" if above else "is_present"}
        value = threshold * self.deviation + self.mean
        if self.treatment == "amount":
            value = float(np.sign(value) * np.expm1(np.abs(value)))
        return {"feature": self.key, "op": "more_than" if above else "at_most", "value": _brief(value)}


@dataclass(frozen=True)
class CategoryColumn:
    """The frequent values of one feature of text."""

    key: str
    levels: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.key}={level}" for level in self.levels)

    def encode(self, values: NDArray[Any]) -> Matrix:
        texts = _texts(values)
        places = pc.index_in(texts, pa.array(self.levels, pa.string()))
        if OTHER in self.levels:
            places = pc.if_else(pc.and_(texts.is_valid(), places.is_null()), self.levels.index(OTHER), places)
        return (places.fill_null(-1).to_numpy()[:, None] == np.arange(len(self.levels))).astype(np.float64)

    def condition(self, place: int, above: bool, threshold: float) -> Condition:
        """What `column place > threshold` says of the feature, as a leaf of a rule: it is that value, or not."""
        level = self.levels[place]
        if level != OTHER:
            if above:
                return {"feature": self.key, "op": "is", "value": level}
            return {"feature": self.key, "op": "is_not", "value": level, "missing": "include"}
        named = list(self.levels[:-1])
        if above:
            return {"feature": self.key, "op": "not_one_of", "value": named, "missing": "exclude"}
        return {"feature": self.key, "op": "one_of", "value": named}


@dataclass(frozen=True)
class ProfileEncoder:
    """Fitted constants; `encode` is the same arithmetic anywhere."""

    columns: tuple[NumberColumn | CategoryColumn, ...]
    # After the features; they count for the groups, and no rule speaks of them.
    blocks: tuple[Block, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What each column of the matrix means."""
        return tuple(name for column in (*self.columns, *self.blocks) for name in column.names)

    @property
    def plain(self) -> int:
        """How many of the first columns are of features, of which rules can speak."""
        return sum(len(column.names) for column in self.columns)

    def encode(self, features: Mapping[str, Any]) -> Matrix:
        """One row per customer."""
        plain = np.empty((len(next(iter(features.values()))), self.plain))
        for begin in range(0, len(plain), ROWS_AT_ONCE):
            some = slice(begin, begin + ROWS_AT_ONCE)
            plain[some] = np.hstack([column.encode(features[column.key][some]) for column in self.columns])
        return (
            np.hstack([plain, *(block.encode(features[block.key]) for block in self.blocks)]) if self.blocks else plain
        )

    def condition(self, column: int, above: bool, threshold: float) -> Condition:
        """A question about one column of the matrix as a leaf of a rule about the feature in its own units."""
        for one in self.columns:
            if column < len(one.names):
                return one.condition(column, above, threshold)
            column -= len(one.names)
        raise IndexError(column)

    def to_json(self) -> list[dict[str, Any]]:
        return [*(asdict(column) for column in self.columns), *(block.to_json() for block in self.blocks)]

    @classmethod
    def from_json(cls, constants: Sequence[Mapping[str, Any]]) -> "ProfileEncoder":
        columns = tuple(
            CategoryColumn(c["key"], tuple(c["levels"])) if "levels" in c else NumberColumn(**c)
            for c in constants
            if "block" not in c
        )
        return cls(columns, tuple(blocks.from_json(c) for c in constants if "block" in c))


def fit(
    features: Mapping[str, NDArray[Any]], treatments: Mapping[str, Treatment], *, gaps: bool = False
) -> ProfileEncoder:
    """An encoder for these features; refuses one that says the same, or nothing, of everybody."""
    fitted, useless = fit_useful(features, treatments, gaps=gaps)
    for error in useless.values():
        raise error
    return fitted


def fit_useful(
    features: Mapping[str, NDArray[Any]], treatments: Mapping[str, Treatment], *, gaps: bool = False
) -> tuple[ProfileEncoder, dict[str, ClusteringError]]:
    """An encoder for those of the features that tell customers apart, and what is wrong with each of the others.

    With `gaps` a missing number stays missing (NaN).
    """
    columns: list[NumberColumn | CategoryColumn] = []
    useless = {}
    for key, values in features.items():
        try:
            columns.append(_column(key, values, treatments[key], gaps))
        except ClusteringError as error:
            useless[key] = error
    return ProfileEncoder(tuple(columns)), useless


def _column(key: str, values: NDArray[Any], treatment: Treatment, gaps: bool) -> NumberColumn | CategoryColumn:
    return _category(key, values) if treatment == "category" else _number(key, values, treatment, gaps)


def _number(key: str, values: NDArray[Any], treatment: Treatment, gaps: bool) -> NumberColumn:
    numbers = _spread(np.asarray(values, dtype=np.float64), treatment)
    missing = np.isnan(numbers)
    present = numbers[~missing]
    if not len(present):
        raise _all_missing(key)
    low, median, high = (float(edge) for edge in np.percentile(present, (CLIP[0], 50, CLIP[1])))
    filled = np.clip(numbers, low, high)
    filled[missing] = median
    deviation = float(filled.std())
    # Compared with the size of the numbers: rounding alone must not pass for a difference.
    if deviation <= 1e-9 * max(1.0, float(np.abs(filled).max())):
        raise _constant(key)
    flag = not gaps and 1 - len(present) / len(numbers) > MANY_MISSING
    return NumberColumn(key, treatment, low, high, float(filled.mean()), deviation, median, flag, gaps)


def _category(key: str, values: NDArray[Any]) -> CategoryColumn:
    counted = {found["values"]: found["counts"] for found in pc.value_counts(_texts(values).drop_null()).to_pylist()}
    if not counted:
        raise _all_missing(key)
    ordered = sorted(counted, key=lambda text: (-counted[text], text))
    frequent = [text for text in ordered if counted[text] >= RAREST * len(values)][: MOST_LEVELS - 1]
    levels = (*frequent, OTHER) if len(frequent) < len(counted) else tuple(frequent)
    if len(levels) < 2:
        raise _constant(key)
    return CategoryColumn(key, levels)


def _texts(values: NDArray[Any]) -> pa.Array:
    """Texts, and None for none, as a column."""
    return pa.array(values, pa.string(), from_pandas=True)


def _spread(numbers: Matrix, treatment: Treatment) -> Matrix:
    """Logarithms that keep the sign, for amounts: a refund is as far below zero as the purchase was above."""
    return np.sign(numbers) * np.log1p(np.abs(numbers)) if treatment == "amount" else numbers


def _brief(value: float) -> float:
    """A threshold with the digits that tell something."""
    return float(f"{value:.4g}")


def _all_missing(key: str) -> ClusteringError:
    return ClusteringError(
        f"The feature {key} is missing for every customer: leave it out, or compute it first.",
        code="feature_missing",
        where=key,
    )


def _constant(key: str) -> ClusteringError:
    return ClusteringError(
        f"The feature {key} is the same for every customer and tells none apart: leave it out.",
        code="feature_constant",
        where=key,
    )
