"""What a clustering algorithm is: rows of numbers in, a group for each row out.

One file per algorithm in this folder; its name is the key. Plain Python over numpy: no Django, no clock, and the
same rows with the same seed give the same groups, in whatever order the rows come.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from segmentation.errors import SegmentationError
from segmentation.segments.placing import NOISE, Labels, Matrix, Placement

# Sums of squares are taken of so many rows at a time.
ROWS_AT_ONCE = 8_192

Progress = Callable[[int, int], None]


class ClusteringError(SegmentationError):
    """These rows cannot be clustered as asked; the message says what to change."""

    code = "clustering"


@dataclass(frozen=True)
class Grouping:
    """What an algorithm finds: a label for each row (-1: noise), and how any other row is placed.

    `algorithm` is the key of the one that found it, when that was chosen; `remarks` is why, as plain JSON.
    """

    labels: Labels
    placement: Placement
    algorithm: str = ""
    remarks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clusters:
    """Groups of rows, the largest first: `labels[i]` is the group of row i, or -1 for noise; `centres[label]` is the
    mean of its rows, `inertia` the sum of squares to it."""

    labels: Labels
    centres: Matrix
    inertia: float
    placement: Placement
    algorithm: str = ""
    remarks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def k(self) -> int:
        return len(self.centres)


@dataclass(frozen=True)
class Candidate:
    """How good one number of groups is by each measure."""

    k: int
    silhouette: float
    calinski_harabasz: float
    bic: float
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Choice:
    """The chosen number of groups, what each measure alone would choose, and the figures behind it."""

    k: int
    votes: dict[str, int]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Quality:
    """How far apart the groups are (silhouette, −1 to 1) and how surely they are found again.

    `stability` is the agreement of two halves (0 to 1), `found_again` how much of each group comes back when some
    customers are left out (Jaccard, 0 to 1; below 0.6 is unstable, above 0.85 solid).
    """

    silhouette: float
    silhouettes: tuple[float, ...]
    stability: float
    found_again: tuple[float, ...] = ()


@dataclass(frozen=True)
class Surrogate:
    """A small tree of questions that gives nearly the same groups. `fidelity` is the share of rows it puts right.

    `paths[label]` are its ways to a group, each a list of (column, is above, threshold) that hold together;
    `precision` and `recall` are by group.
    """

    fidelity: float
    paths: tuple[tuple[tuple[tuple[int, bool, float], ...], ...], ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]


class Algorithm(ABC):
    """One way to find groups, and when to take it."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]
    advice_zh: ClassVar[str]
    advice_en: ClassVar[str]
    # Finds as many groups as it is told; without, it finds the number itself.
    needs_k: ClassVar[bool] = True
    # May leave customers out of all groups.
    finds_noise: ClassVar[bool] = False
    # Takes rows with gaps (NaN).
    takes_gaps: ClassVar[bool] = False

    def fit(self, matrix: Matrix, *, k: int = 0, seed: int, start: Placement | None = None) -> Clusters:
        """`k` groups of the rows; from the earlier groups `start` when given, so that groups stay who they are."""
        check(matrix, k if self.needs_k else 2, gaps=self.takes_gaps)
        order = order_of(matrix)
        rows = np.ascontiguousarray(matrix[order], dtype=np.float64)
        found = self.group(rows, k=k, seed=seed, start=start)
        return in_order(matrix, order, found)

    @abstractmethod
    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        """The groups of rows that are in an order of their own already."""

    def memory(self, rows: int, columns: int, k: int) -> int:
        """About how many bytes a fit takes beyond the rows themselves."""
        return 3 * 8 * rows * columns

    @abstractmethod
    def choose(self, matrix: Matrix, *, ks: Sequence[int], seed: int, progress: Progress | None = None) -> Choice:
        """The best of the numbers of groups `ks`."""

    @abstractmethod
    def quality(self, matrix: Matrix, clusters: Clusters, *, seed: int) -> Quality:
        """How good a finished clustering is."""

    @abstractmethod
    def surrogate(self, matrix: Matrix, clusters: Clusters, *, seed: int) -> Surrogate:
        """The groups as a small tree of questions."""


def in_order(matrix: Matrix, order: NDArray[np.intp], found: Grouping) -> Clusters:
    """What was found among the rows in `order`, for the rows as they came; groups numbered from the largest."""
    labels = np.empty(len(order), dtype=np.intp)
    labels[order] = found.labels
    return numbered(matrix, replace(found, labels=labels))


def numbered(matrix: Matrix, found: Grouping) -> Clusters:
    """The groups with their centres, the largest first; of two as large, the one whose centre is smaller.

    A group that nobody is in is dropped.
    """
    groups, compact = np.unique(found.labels, return_inverse=True)
    if len(groups) and groups[0] == NOISE:
        groups, compact = groups[1:], compact - 1
    sizes = np.bincount(compact[compact >= 0], minlength=len(groups))
    centres = means(matrix, compact, len(groups))
    order = np.lexsort([*centres.T[::-1], -sizes])
    # The last is what -1 points at.
    labels = np.append(np.argsort(order), NOISE)[compact]
    return Clusters(
        labels=labels,
        centres=centres[order],
        inertia=_inertia(matrix, labels, centres[order]),
        placement=found.placement.regrouped(groups[order]),
        algorithm=found.algorithm,
        remarks=found.remarks,
    )


def means(matrix: Matrix, labels: Labels, k: int, *, nothing: float = 0.0) -> Matrix:
    """The mean of each group's rows (k × columns), gaps left out; `nothing` where a group has nothing."""
    sums, counts = _totals(matrix, labels, k)
    return np.where(counts > 0, sums / np.maximum(counts, 1), nothing)


def _totals(matrix: Matrix, labels: Labels, k: int) -> tuple[Matrix, Matrix]:
    """For each group and column: the sum of the values there are, and how many (k × columns each)."""
    inside = np.flatnonzero(labels >= 0)
    ones = np.ones(len(inside))
    groups = csr_array((ones, (labels[inside], inside)), shape=(k, len(matrix)))
    if not np.isnan(matrix.sum()):
        return groups @ matrix, np.repeat(np.asarray(groups.sum(axis=1))[:, None], matrix.shape[1], axis=1)
    gaps = np.isnan(matrix)
    return groups @ np.where(gaps, 0.0, matrix), groups @ (~gaps).astype(np.float64)


def order_of(matrix: Matrix) -> NDArray[np.intp]:
    """An order of the rows that depends on what is in them alone, not on how they came."""
    weights = np.random.default_rng(0).normal(size=(matrix.shape[1],))
    key = np.zeros(len(matrix))
    for begin in range(0, len(matrix), ROWS_AT_ONCE):
        some = slice(begin, begin + ROWS_AT_ONCE)
        # Column by column, never as one product: that would round a row by its place among the others.
        for weight, column in zip(weights, np.ascontiguousarray(matrix[some].T), strict=True):
            key[some] += np.where(np.isnan(column), weight, column) * weight
    return np.argsort(key, kind="stable")


def check(matrix: Matrix, k: int, *, gaps: bool = False) -> None:
    """Refuse what no algorithm can answer: no columns, gaps, or fewer different rows than groups."""
    if matrix.ndim != 2 or not matrix.shape[1]:
        raise ClusteringError("There is no feature to cluster by.", code="no_features")
    # A sum is finite only when all its parts are, and is had without a copy of the rows.
    if not np.isfinite(matrix.sum()) and (np.isinf(matrix).any() or (np.isnan(matrix).any() and not gaps)):
        raise ClusteringError("The rows have gaps or infinite numbers; encode them first.", code="not_finite")
    if gaps and np.isnan(matrix).all():
        raise ClusteringError("The rows have nothing but gaps.", code="not_finite")
    different = len(np.unique(matrix, axis=0)) if len(matrix) <= 10 * k else k + 1
    if different < k:
        raise ClusteringError(
            f"{k} groups of only {different} different customers are not possible: lower the number of groups.",
            code="too_few_customers",
        )


def _inertia(matrix: Matrix, labels: Labels, centres: Matrix) -> float:
    """The sum of squares to the own centre; gaps and noise count nothing."""
    total = 0.0
    for begin in range(0, len(matrix), ROWS_AT_ONCE):
        some = slice(begin, begin + ROWS_AT_ONCE)
        inside = labels[some] >= 0
        away = matrix[some][inside] - centres[labels[some][inside]]
        total += float(np.nansum(away**2))
    return total
