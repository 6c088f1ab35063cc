"""DBCV: how well groups of any shape are crowds with emptier space between them (Moulavi and others 2014)."""

import numpy as np

from segmentation.segments.placing import Labels, Matrix, squared_distances
from segmentation.segments.spanning import spanning_tree


def dbcv(rows: Matrix, labels: Labels) -> float:
    """From -1 to 1; rows that are noise lower it. For a few thousand rows: memory grows with their pairs.

    >>> rows = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> dbcv(rows, np.array([0, 0, 0, 1, 1, 1])) > 0.9 > 0 > dbcv(rows, np.array([0, 1, 0, 1, 0, 1]))
    True
    """
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels[labels >= 0])]
    groups = [group for group in groups if len(group) > 1]
    if len(groups) < 2:
        return -1.0
    cores = np.zeros(len(rows))
    sparse, inner = [], []
    for group in groups:
        cores[group] = _cores(rows[group])
        within, inside = _skeleton(rows[group], cores[group])
        sparse.append(within)
        inner.append(group[inside])
    total = 0.0
    for place, group in enumerate(groups):
        apart = min(
            _separation(rows, cores, inner[place], inner[other]) for other in range(len(groups)) if other != place
        )
        most = max(apart, sparse[place])
        total += len(group) / len(rows) * ((apart - sparse[place]) / most if most > 0 else 0.0)
    return float(total)


def _cores(rows: Matrix) -> Matrix:
    """Each row's core distance by all of its group: the mean inverse distance, to the power of the columns."""
    distances = np.sqrt(squared_distances(rows, rows))
    np.fill_diagonal(distances, np.inf)
    columns = rows.shape[1]
    # In logarithms, since the power overflows in many columns; rows that are the same count as very near.
    logs = -columns * np.log(np.maximum(distances, 1e-12))
    most = logs.max(axis=1, keepdims=True)
    mean = most[:, 0] + np.log(np.exp(logs - most).sum(axis=1)) - np.log(len(rows) - 1)
    return np.exp(-mean / columns)


def _skeleton(rows: Matrix, cores: Matrix) -> tuple[float, Labels]:
    """The longest edge between inner rows of the group's spanning tree, and those rows (all, if there are none)."""
    ones, others, lengths = spanning_tree(rows, cores)
    degree = np.bincount(np.concatenate([ones, others]), minlength=len(rows))
    inside = np.flatnonzero(degree > 1)
    if not len(inside):
        return float(lengths.max()), np.arange(len(rows))
    between = (degree[ones] > 1) & (degree[others] > 1)
    return float((lengths[between] if between.any() else lengths).max()), inside


def _separation(rows: Matrix, cores: Matrix, ones: Labels, others: Labels) -> float:
    """The least mutual reachability between two groups' inner rows."""
    distances = np.sqrt(squared_distances(rows[ones], rows[others]))
    return float(np.maximum(distances, np.maximum(cores[ones][:, None], cores[others][None, :])).min())
