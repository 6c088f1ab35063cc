"""The most similar columns of a sparse matrix, block by block so that memory stays small."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Columns compared with all others at once; 512 × 20,000 products in 32 bits are 40 MB.
BLOCK = 512
THREADS = 2
Blockwise = Callable[[int, int], sparse.csr_array]


def tf_idf(matrix: sparse.csr_array) -> sparse.csr_array:
    """Rare columns count more: √tf · ln(rows ÷ (1 + rows with it)), as in Ferrari Dacrema et al. 2021."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    idf = np.log(matrix.shape[0] / (1.0 + frequency))
    return _with_data(matrix, np.sqrt(matrix.data) * idf[matrix.indices])


def bm25(matrix: sparse.csr_array, *, k1: float = 1.2, b: float = 0.75) -> sparse.csr_array:
    """Rare columns count more and rows with many entries less (Robertson's BM25)."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    idf = np.log(matrix.shape[0] / (1.0 + frequency))
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    norm = (1.0 - b) + b * sums / max(float(sums.mean()), 1e-9)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return _with_data(matrix, matrix.data * (k1 + 1.0) / (k1 * norm[rows] + matrix.data) * idf[matrix.indices])


def cosine_columns(matrix: sparse.csr_array, *, k: int, shrink: float = 0.0) -> sparse.csr_array:
    """Column × column cosine; each column keeps its k nearest, itself excluded. Entry [j, i]: how j speaks for i.

    `shrink` is added to the product of lengths, so that agreement on little counts for little.
    """
    columns = sparse.csc_array(matrix, dtype=np.float32)
    lengths = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).ravel())
    transposed = sparse.csr_array(columns.T)

    def block(first: int, stop: int) -> sparse.csr_array:
        products = sparse.csr_array(transposed[first:stop] @ matrix)
        rows = np.repeat(np.arange(first, stop), np.diff(products.indptr))
        below = lengths[rows] * lengths[products.indices] + shrink + 1e-6
        return _without_diagonal(_with_data(products, products.data / below), first)

    return sparse.csr_array(top_rows(block, matrix.shape[1], k).T)


def top_rows(block: Blockwise, rows: int, k: int) -> sparse.csr_array:
    """Rows made block by block, of each only the k largest entries; ties go to the smaller index."""
    starts = range(0, rows, BLOCK)
    with ThreadPoolExecutor(THREADS) as pool:
        kept = list(pool.map(lambda first: keep_largest(block(first, min(first + BLOCK, rows)), k), starts))
    return sparse.csr_array(sparse.vstack(kept, format="csr"))


def keep_largest(matrix: sparse.csr_array, k: int) -> sparse.csr_array:
    """The same with only the k largest entries of each row."""
    keep = np.ones(matrix.nnz, dtype=bool)
    for row in np.flatnonzero(np.diff(matrix.indptr) > k):
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        keep[here] = _among_largest(matrix.data[here], matrix.indices[here], k)
    counts = np.add.reduceat(np.append(keep, False), matrix.indptr[:-1], dtype=np.int64)
    counts[np.diff(matrix.indptr) == 0] = 0
    pointers = np.concatenate([[0], np.cumsum(counts)])
    return sparse.csr_array((matrix.data[keep], matrix.indices[keep], pointers), shape=matrix.shape)


def _among_largest(values: NDArray[Any], indices: NDArray[Any], k: int) -> NDArray[np.bool_]:
    bound = np.partition(values, len(values) - k)[len(values) - k]
    keep = values > bound
    ties = np.flatnonzero(values == bound)
    keep[ties[np.argsort(indices[ties], kind="stable")[: k - int(keep.sum())]]] = True
    return keep


def _without_diagonal(matrix: sparse.csr_array, first: int) -> sparse.csr_array:
    rows = np.repeat(np.arange(first, first + matrix.shape[0]), np.diff(matrix.indptr))
    matrix.data[rows == matrix.indices] = 0
    matrix.eliminate_zeros()
    return matrix


def _with_data(matrix: sparse.csr_array, data: NDArray[Any]) -> sparse.csr_array:
    return sparse.csr_array((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)
