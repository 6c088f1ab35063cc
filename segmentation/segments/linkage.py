"""Trees of weighted points, and how a tree is cut into groups. Memory grows with the points, not with their pairs."""

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.placing import Labels, Matrix

# Row i joins two nodes: (one, other, height). Nodes 0 … n-1 are the points, node n+i is made by row i.
Tree = Matrix


def ward(points: Matrix, weights: Matrix) -> Tree:
    """Ward's tree, by chains of nearest neighbours (Murtagh 1983): follow the nearest until two are each other's.

    `weights` is how many rows each point stands for. Heights are the growth of the sum of squares.

    >>> ward(np.array([[0.0], [1.0], [5.0]]), np.ones(3)).round(2).tolist()
    [[0.0, 1.0, 0.5], [2.0, 3.0, 13.5]]
    """
    n = len(points)
    centres, mass = points.astype(np.float64, copy=True), weights.astype(np.float64, copy=True)
    squares = (centres**2).sum(axis=1)
    free, joins, chain = np.ones(n, dtype=bool), np.empty((n - 1, 3)), list[int]()
    for step in range(n - 1):
        if not chain:
            chain.append(int(free.argmax()))
        while True:
            top = chain[-1]
            gain = squares - 2 * (centres @ centres[top]) + squares[top]
            gain *= mass * mass[top] / (mass + mass[top])
            gain[~free], gain[top] = np.inf, np.inf
            best = int(gain.argmin())
            # Of several as near, the one before: else a chain could go round in circles.
            if len(chain) > 1 and gain[chain[-2]] <= gain[best]:
                best = chain[-2]
                break
            chain.append(best)
        del chain[-2:]
        joins[step] = top, best, max(gain[best], 0.0)
        centres[top] = (mass[top] * centres[top] + mass[best] * centres[best]) / (mass[top] + mass[best])
        squares[top] = centres[top] @ centres[top]
        mass[top] += mass[best]
        free[best] = False
    return _as_tree(joins, n)


def _as_tree(joins: Matrix, n: int) -> Tree:
    """Joins of places in any order as a tree whose heights rise."""
    joins = joins[np.argsort(joins[:, 2], kind="stable")]
    node, parent = np.arange(2 * n - 1), np.arange(n)
    tree = np.empty_like(joins)
    for step, (one, other, height) in enumerate(joins):
        a, b = _root(parent, int(one)), _root(parent, int(other))
        tree[step] = *sorted((node[a], node[b])), height
        parent[b] = a
        node[a] = n + step
    return tree


def cut(tree: Tree, n: int, k: int) -> Labels:
    """The group of each of the n points when k groups are left."""
    parent = np.arange(2 * n - 1)
    for step in range(n - k):
        for child in tree[step, :2]:
            parent[int(child)] = n + step
    roots = np.array([_root(parent, point) for point in range(n)])
    return np.unique(roots, return_inverse=True)[1]


def _root(parent: NDArray[np.intp], place: int) -> int:
    """The end of the chain of parents, which becomes shorter by the way."""
    end = place
    while parent[end] != end:
        end = int(parent[end])
    while parent[place] != end:
        parent[place], place = end, int(parent[place])
    return end
