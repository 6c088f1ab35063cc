"""What a clustering algorithm is: rows of numbers in, a group for each row out.

One file per algorithm in this folder; its name is the key. Plain Python over numpy: no Django, no clock, and the
same rows with the same seed give the same groups, in whatever order the rows come.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from segmentation.errors import SegmentationError

Matrix = NDArray[np.floating]
Progress = Callable[[int, int], None]


class ClusteringError(SegmentationError):
    """These rows cannot be clustered as asked; the message says what to change."""

    code = "clustering"


@dataclass(frozen=True)
class Clusters:
    """Groups of rows: `labels[i]` is the group of row i, `centres[label]` its centre, `inertia` the sum of squares."""

    labels: NDArray[np.intp]
    centres: Matrix
    inertia: float

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


@dataclass(frozen=True)
class Choice:
    """The chosen number of groups, what each measure alone would choose, and the figures behind it."""

    k: int
    votes: dict[str, int]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Quality:
    """How far apart the groups are (silhouette, −1 to 1) and how surely they are found again (stability, 0 to 1)."""

    silhouette: float
    silhouettes: tuple[float, ...]
    stability: float


class Algorithm(ABC):
    """One way to find groups."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]

    @abstractmethod
    def fit(self, matrix: Matrix, *, k: int, seed: int, start: Matrix | None = None) -> Clusters:
        """`k` groups of the rows; from the centres `start` when given, so that groups stay who they are."""

    @abstractmethod
    def choose(self, matrix: Matrix, *, ks: Sequence[int], seed: int, progress: Progress | None = None) -> Choice:
        """The best of the numbers of groups `ks`."""

    @abstractmethod
    def quality(self, matrix: Matrix, clusters: Clusters, *, seed: int) -> Quality:
        """How good a finished clustering is."""


def check(matrix: Matrix, k: int) -> None:
    """Refuse what no algorithm can answer: no columns, gaps, or fewer different rows than groups."""
    if matrix.ndim != 2 or not matrix.shape[1]:
        raise ClusteringError("There is no feature to cluster by.", code="no_features")
    if not np.isfinite(matrix).all():
        raise ClusteringError("The rows have gaps or infinite numbers; encode them first.", code="not_finite")
    different = len(np.unique(matrix, axis=0)) if len(matrix) <= 10 * k else k + 1
    if different < k:
        raise ClusteringError(
            f"{k} groups of only {different} different customers are not possible: lower the number of groups.",
            code="too_few_customers",
        )
