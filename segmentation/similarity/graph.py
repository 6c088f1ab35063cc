"""Graphs of customers: of the nearest (exact for few rows, by cells for many), and of what is bought together."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import KMeans

Matrix = NDArray[np.float32]
# Up to so many rows all pairs are compared; beyond, each with the rows of its nearest cells.
EXACT, CELL, PROBES, BLOCK = 6_000, 100, 8, 1_000


def knn_graph(rows: Matrix, k: int, *, seed: int, within: float = np.inf) -> sparse.csr_array:
    """Each row's k nearest, weighted exp(−d² ÷ median d²) and made symmetric by the larger of the two weights.

    Rows whose squared distance is not below `within` are no neighbours, however few there are.

    >>> knn_graph(np.array([[0.0], [0.1], [5.0], [5.1]], np.float32), 1, seed=0).indices.tolist()
    [1, 0, 3, 2]
    """
    rows = np.ascontiguousarray(rows, dtype=np.float32)
    k = min(k, len(rows) - 1)
    near, squares = _by_cells(rows, k, seed) if len(rows) > EXACT else _exact(rows, k)
    there = (np.isfinite(squares) & (squares < within)).ravel()
    from_rows = np.repeat(np.arange(len(rows)), k)[there]
    found = squares.ravel()[there]
    middle = max(float(np.median(found)), 1e-12) if len(found) else 1.0
    weights = np.maximum(np.exp(-found / middle), 1e-9)
    directed = sparse.csr_array((weights, (from_rows, near.ravel()[there])), shape=(len(rows), len(rows)))
    return sparse.csr_array(directed.maximum(directed.T))


def bought_together(counts: sparse.csr_array) -> sparse.csr_array:
    """Customers × items as one symmetric graph: the customers first, then the items, an edge for each purchase.

    Two steps along it lead to who bought the same. The many pairs of customers are never made; and what
    everybody buys joins nobody in particular, for an edge is weighted by the root of times bought and of how rare the
    item is.

    >>> bought_together(sparse.csr_array([[2.0, 0], [1, 1]])).toarray().astype(bool).astype(int).tolist()
    [[0, 0, 1, 0], [0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 0]]
    """
    buyers = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p(counts.shape[0] / np.maximum(buyers, 1))
    edges = sparse.csr_array(counts.sqrt() @ sparse.diags_array(rarity))
    return sparse.csr_array(sparse.block_array([[None, edges], [edges.T, None]]))


def _exact(rows: Matrix, k: int) -> tuple[NDArray[np.intp], Matrix]:
    everyone = np.arange(len(rows))
    parts = [_nearest(rows, everyone[s : s + BLOCK], everyone, k) for s in range(0, len(rows), BLOCK)]
    return np.vstack([near for near, _ in parts]), np.vstack([squares for _, squares in parts])


def _by_cells(rows: Matrix, k: int, seed: int) -> tuple[NDArray[np.intp], Matrix]:
    """k-means cells of a sample; every row looks into its own cell and the next ones."""
    cells = min(len(rows) // CELL, 2_000)
    some = np.random.default_rng(seed).choice(len(rows), min(len(rows), 40 * cells), replace=False)
    centres = KMeans(cells, n_init=1, max_iter=10, random_state=seed).fit(rows[np.sort(some)]).cluster_centers_
    own = np.concatenate([_squares(rows[s : s + 20_000], centres).argmin(axis=1) for s in range(0, len(rows), 20_000)])
    order = np.argsort(own, kind="stable")
    starts = np.searchsorted(own[order], np.arange(cells + 1))
    next_cells = np.argsort(_squares(centres, centres), axis=1, kind="stable")[:, :PROBES]
    near, squares = np.zeros((len(rows), k), np.intp), np.full((len(rows), k), np.inf, np.float32)
    for cell in range(cells):
        asked = order[starts[cell] : starts[cell + 1]]
        if len(asked):
            among = np.concatenate([order[starts[c] : starts[c + 1]] for c in next_cells[cell]])
            found, away = (
                _nearest(rows, asked, among, min(k, len(among) - 1)) if len(among) > 1 else (near[:0, :0],) * 2
            )
            near[asked, : found.shape[1]], squares[asked, : away.shape[1]] = found, away
    return near, squares


def _nearest(rows: Matrix, asked: NDArray[np.intp], among: NDArray[np.intp], k: int) -> tuple[NDArray[np.intp], Matrix]:
    squares = _squares(rows[asked], rows[among])
    squares[asked[:, None] == among] = np.inf
    first = np.argpartition(squares, k - 1, axis=1)[:, :k]
    return among[first], np.take_along_axis(squares, first, axis=1)


def _squares(a: Matrix, b: Matrix) -> Matrix:
    found = (a * a).sum(axis=1)[:, None] - 2 * (a @ b.T) + (b * b).sum(axis=1)
    return np.maximum(found, 0, out=found)
