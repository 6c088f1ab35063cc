"""What algorithms of density share: few directions instead of many columns, and places for rows they never saw."""

import numpy as np

from segmentation.segments.algorithms.base import Grouping
from segmentation.segments.micro import prototypes
from segmentation.segments.placing import NOISE, Labels, Matrix, Nearest, in_chunks, squared_distances

# In more dimensions than this everything is about as far from everything.
MOST_COLUMNS = 8
PROTOTYPES = 2_000
# Fewer where only a sample was grouped: every row of many is compared with each.
OF_MANY = 500


def projected(rows: Matrix) -> tuple[Matrix, Matrix | None]:
    """The rows in at most eight principal directions (rows @ axes.T), and those axes; None when there is no need."""
    if rows.shape[1] <= MOST_COLUMNS:
        return rows, None
    _, _, directions = np.linalg.svd(np.cov(rows, rowvar=False, ddof=0))
    axes = directions[:MOST_COLUMNS]
    return rows @ axes.T, axes


def placed_by(
    rows: Matrix, flat: Matrix, some: Matrix, labels: Labels, axes: Matrix | None, *, seed: int
) -> Grouping:  # fmt: skip
    """Every row by the groups of some of them (`labels` of `some`, which are rows of `flat`): to the nearest prototype.

    Few rows are their own prototypes, so that nothing moves; of many, each group and the noise are condensed. A row
    further from all prototypes than noise is from its own is noise.
    """
    by = prototypes(some, labels, most=PROTOTYPES if len(some) == len(rows) else OF_MANY, seed=seed)
    if len(some) == len(rows) and len(by.points) == len(some):
        return Grouping(labels, Nearest(by.points, by.owners, _reach(some, by), axes))
    placement = Nearest(by.points, by.owners, _reach(some, by), axes)
    return Grouping(placement.place(rows).labels, placement)


def _reach(some: Matrix, by: Nearest) -> Matrix:
    """How far from its nearest prototype a row may be: as far as any that was seen, or half as far as prototypes are
    from each other where the rows are their own."""
    members = in_chunks(some, len(by.points), lambda rows: _nearest(rows, by.points))
    reach = np.zeros(len(by.points))
    np.maximum.at(reach, members.labels, members.margins)
    inside = by.owners != NOISE
    typical = float(np.median(reach[inside])) if inside.any() else 0.0
    if typical == 0.0:
        typical = _spacing(by.points)
    return np.maximum(reach, typical)


def _nearest(rows: Matrix, points: Matrix) -> tuple[Labels, Matrix]:
    squares = squared_distances(rows, points)
    return squares.argmin(axis=1), np.sqrt(squares.min(axis=1))


def _spacing(points: Matrix) -> float:
    """How far points usually are from their nearest neighbour (ninetieth percentile)."""
    squares = squared_distances(points, points)
    np.fill_diagonal(squares, np.inf)
    return float(np.percentile(np.sqrt(squares.min(axis=1)), 90)) if len(points) > 1 else np.inf
