"""The minimum spanning tree of points, in memory that grows with the points and not with their pairs."""

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.placing import Matrix

Edges = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]


def spanning_tree(points: Matrix, cores: Matrix | None = None) -> Edges:
    """Prim's tree: both ends of each edge and its length, the shortest first (time n² × columns, memory n × columns).

    With `cores` the distance of two points is at least each one's core distance (mutual reachability).

    >>> spanning_tree(np.array([[0.0], [3.0], [1.0]]))[2].tolist()
    [1.0, 2.0]
    """
    n = len(points)
    squares = (points**2).sum(axis=1)
    nearest, by, outside = np.full(n, np.inf), np.zeros(n, dtype=np.intp), np.ones(n, dtype=bool)
    ends = np.empty((n - 1, 2), dtype=np.intp)
    lengths, here = np.empty(n - 1), 0
    for step in range(n - 1):
        outside[here] = False
        away = np.maximum(squares - 2 * (points @ points[here]) + squares[here], 0.0)
        if cores is not None:
            away = np.maximum(away, np.maximum(cores, cores[here]) ** 2)
        nearer = outside & (away < nearest)
        nearest[nearer], by[nearer] = away[nearer], here
        here = int(np.where(outside, nearest, np.inf).argmin())
        ends[step], lengths[step] = (by[here], here), np.sqrt(nearest[here])
    order = np.argsort(lengths, kind="stable")
    return ends[order, 0], ends[order, 1], lengths[order]
