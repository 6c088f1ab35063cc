"""Where a row belongs: what is kept of a finished clustering, so that any row can be placed again, anywhere.

Plain numpy, and plain JSON when saved: a customer scored alone gets the group that the night's run gives.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]
Labels = NDArray[np.intp]

NOISE = -1
# So many numbers at a time, 8 bytes each: of a row itself, or its distances to all points.
PAIRS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Placed:
    """`labels[i]` is the group of row i (-1: none), `margins[i]` how surely it is this one and not the next, 0 to 1."""

    labels: Labels
    margins: Matrix


class Placement(ABC):
    """A way to say which group a row belongs to."""

    @abstractmethod
    def place(self, rows: Matrix) -> Placed:
        """The group of each row."""

    @abstractmethod
    def regrouped(self, groups: Labels) -> "Placement":
        """The same with these groups alone, called 0, 1, 2 … in this order."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """All constants."""


@dataclass(frozen=True)
class Nearest(Placement):
    """To the group (`owners`) of the nearest of some points; the centres of k-means are the simplest case.

    A point may have a `reach`: a row beyond it belongs nowhere. With `axes` rows are first turned into `rows @ axes.T`.
    A gap (NaN) in a row is left out of its distances, which are scaled up for it (partial distances).

    >>> placed = Nearest(np.array([[0.0], [10.0]]), np.array([0, 1])).place(np.array([[1.0], [6.0]]))
    >>> placed.labels.tolist(), placed.margins.round(2).tolist()
    ([0, 1], [0.89, 0.33])
    """

    points: Matrix
    owners: Labels
    reach: Matrix | None = None
    axes: Matrix | None = None

    def place(self, rows: Matrix) -> Placed:
        order = np.argsort(self.owners, kind="stable")
        points, owners = self.points[order], self.owners[order]
        groups, begins = np.unique(owners, return_index=True)

        def of(some: Matrix) -> tuple[Labels, Matrix]:
            turned = some if self.axes is None else some @ self.axes.T
            return self._chunk(squared_distances(turned, points), groups, begins, order)

        return in_chunks(rows, len(points), of)

    def _chunk(self, squares: Matrix, groups: Labels, begins: Labels, order: Labels) -> tuple[Labels, Matrix]:
        each = np.minimum.reduceat(squares, begins, axis=1) if len(begins) < len(order) else squares
        if len(groups) == 1:
            labels, margins = np.full(len(squares), groups[0]), np.ones(len(squares))
        else:
            labels = groups[each.argmin(axis=1)]
            first, second = np.sqrt(np.partition(each, 1, axis=1)[:, :2]).T
            margins = np.where(second > 0, (second - first) / np.where(second > 0, second, 1.0), 0.0)
        if self.reach is not None:
            nearest = squares.argmin(axis=1)
            outside = squares[np.arange(len(squares)), nearest] > self.reach[order][nearest] ** 2
            labels = np.where(outside, NOISE, labels)
        return labels, margins

    def regrouped(self, groups: Labels) -> "Nearest":
        kept = np.isin(self.owners, groups) | (self.owners == NOISE)
        owners = self.owners[kept]
        called = np.zeros(max(int(groups.max(initial=0)), 0) + 1, dtype=np.intp)
        called[groups] = np.arange(len(groups))
        new = np.where(owners == NOISE, NOISE, called[np.maximum(owners, 0)])
        return Nearest(self.points[kept], new, None if self.reach is None else self.reach[kept], self.axes)

    def to_json(self) -> dict[str, Any]:
        parts = {"points": self.points, "owners": self.owners, "reach": self.reach, "axes": self.axes}
        return {"by": "nearest", **{key: part.tolist() for key, part in parts.items() if part is not None}}


@dataclass(frozen=True)
class Gaussians(Placement):
    """To the likeliest of some normal distributions. `factors[g]` turns a difference from the mean into standard
    deviations: the Cholesky factor of the inverse covariance. The margin is the lead in probability."""

    weights: Matrix
    means: Matrix
    factors: Matrix

    def place(self, rows: Matrix) -> Placed:
        return in_chunks(rows, len(self.weights) * rows.shape[1], self._chunk)

    def _chunk(self, rows: Matrix) -> tuple[Labels, Matrix]:
        chances = self.probabilities(rows)
        if chances.shape[1] == 1:
            return np.zeros(len(rows), dtype=np.intp), np.ones(len(rows))
        second, first = np.partition(chances, -2, axis=1)[:, -2:].T
        return chances.argmax(axis=1), first - second

    def probabilities(self, rows: Matrix) -> Matrix:
        """How likely each row (n × columns) is of each group (n × groups); each row adds up to 1."""
        logs = np.empty((len(rows), len(self.weights)))
        for group, (weight, mean, factor) in enumerate(zip(self.weights, self.means, self.factors, strict=True)):
            away = (rows - mean) @ factor
            squares = np.einsum("rc,rc->r", away, away)
            logs[:, group] = np.log(weight) + np.log(np.abs(np.diag(factor))).sum() - squares / 2
        logs -= logs.max(axis=1, keepdims=True)
        chances = np.exp(logs)
        return chances / chances.sum(axis=1, keepdims=True)

    def regrouped(self, groups: Labels) -> "Gaussians":
        return Gaussians(self.weights[groups], self.means[groups], self.factors[groups])

    def to_json(self) -> dict[str, Any]:
        parts = {"weights": self.weights, "means": self.means, "factors": self.factors}
        return {"by": "gaussians", **{key: part.tolist() for key, part in parts.items()}}


def from_json(saved: Mapping[str, Any]) -> Placement:
    """A placement as `to_json` told it."""
    parts = {key: np.array(part, dtype=np.float64) for key, part in saved.items() if key not in {"by", "owners"}}
    if saved["by"] == "gaussians":
        return Gaussians(**parts)
    return Nearest(owners=np.array(saved["owners"], dtype=np.intp), **parts)


def squared_distances(rows: Matrix, points: Matrix) -> Matrix:
    """From every row (n × columns) to every point (m × columns), n × m; a gap in a row is left out and scaled for."""
    if not np.isnan(rows.sum()):
        squares = np.einsum("rc,rc->r", rows, rows)[:, None] - 2 * (rows @ points.T) + (points**2).sum(axis=1)
        return np.maximum(squares, 0.0, out=squares)
    gaps = np.isnan(rows)
    present, filled = (~gaps).astype(rows.dtype), np.where(gaps, 0.0, rows)
    squares = (filled**2).sum(axis=1)[:, None] - 2 * filled @ points.T + present @ (points**2).T
    scale = rows.shape[1] / np.maximum(present.sum(axis=1), 1)
    return np.maximum(squares, 0.0, out=squares) * scale[:, None]


def in_chunks(rows: Matrix, width: int, of: Callable[[Matrix], tuple[Labels, Matrix]]) -> Placed:
    """`of` for all rows, so many at a time that `width` numbers for each row fit the memory."""
    labels, margins = np.empty(len(rows), dtype=np.intp), np.empty(len(rows))
    step = max(1, PAIRS_AT_ONCE // max(1, width, rows.shape[1]))
    for begin in range(0, len(rows), step):
        some = slice(begin, begin + step)
        labels[some], margins[some] = of(rows[some])
    return Placed(labels, margins)
