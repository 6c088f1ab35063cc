"""Implicit ALS: a few hidden tastes that products and customers share."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from segmentation.recommendation.algorithms.base import (
    Fitted,
    Parts,
    Purchases,
    Recommender,
    Scores,
    binary,
    check,
)

Factors = NDArray[np.float32]
# Numbers gathered at once, so that memory stays small.
BLOCK = 4_000_000
THREADS = 2


@dataclass(frozen=True)
class ALS(Recommender):
    """Hu, Koren and Volinsky 2008: alternating ridge regressions, a purchase weighing `alpha` more than none.

    A customer's tastes are worked out from the purchases alone, so a new customer needs no new fit.

    >>> bought = binary(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]))
    >>> ALS(factors=2).fit(bought).scores(binary(np.array([[1, 0, 0, 0]]))).argsort()[0, -2:].tolist()
    [1, 0]
    """

    name_zh = "隐因子分解"
    name_en = "Implicit factors"

    factors: int = 32
    rounds: int = 10
    penalty: float = 1.0
    alpha: float = 2.0

    def fit(self, purchases: Purchases, *, seed: int = 0) -> "Tastes":
        check(purchases)
        ones = binary(purchases)
        turned = sparse.csr_array(ones.T)
        products = np.random.default_rng(seed).normal(0, 0.1, (ones.shape[1], self.factors)).astype(np.float32)
        for _ in range(self.rounds):
            customers = solve(ones, products, self.penalty, self.alpha)
            products = solve(turned, customers, self.penalty, self.alpha)
        return Tastes(products, self.penalty, self.alpha)


@dataclass(frozen=True)
class Tastes(Fitted):
    """A row of hidden tastes per product."""

    products: Factors
    penalty: float
    alpha: float

    def scores(self, purchases: Purchases) -> Scores:
        return solve(binary(purchases), self.products, self.penalty, self.alpha) @ self.products.T

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        bought = binary(row).indices
        own = self.products.astype(np.float64)
        known = own[bought]
        system = own.T @ own + self.alpha * known.T @ known + self.penalty * np.eye(own.shape[1])
        return bought, (1 + self.alpha) * known @ np.linalg.solve(system, own[products].T)


def solve(ones: Purchases, others: Factors, penalty: float, alpha: float) -> Factors:
    """The tastes of every row: (YᵀY + α YᵤᵀYᵤ + λI) x = (1 + α) Σ y over what the row has.

    Rows with about as many entries are solved together; BLAS keeps to one thread, ours share the blocks.
    """
    width = others.shape[1]
    base = others.T @ others + penalty * np.eye(width, dtype=np.float32)
    padded = np.vstack([others, np.zeros((1, width), dtype=np.float32)])
    found = np.zeros((ones.shape[0], width), dtype=np.float32)

    def one(rows: NDArray[np.intp]) -> None:
        have = _padded(ones, rows, len(others))
        gathered = padded[have]
        system = base + alpha * (gathered.transpose(0, 2, 1) @ gathered)
        right = (1 + alpha) * gathered.sum(axis=1)
        found[rows] = np.linalg.solve(system, right[:, :, None])[:, :, 0]

    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, _blocks(ones, width)))
    return found


def _blocks(ones: Purchases, width: int) -> Iterator[NDArray[np.intp]]:
    """Rows that have anything, those of about the same length together."""
    lengths = np.diff(ones.indptr)
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    first = 0
    while first < len(order):
        length = int(lengths[order[first]])
        longest = length + max(2, length // 8)
        stop = int(np.searchsorted(lengths[order], longest, side="right"))
        stop = min(stop, first + max(1, BLOCK // (longest * width + width * width)))
        yield order[first:stop]
        first = stop


def _padded(ones: Purchases, rows: NDArray[np.intp], nothing: int) -> NDArray[np.intp]:
    """What each row has, filled up with `nothing`."""
    starts, lengths = ones.indptr[rows], np.diff(ones.indptr)[rows]
    places = np.arange(lengths.max())
    inside = places < lengths[:, None]
    return np.where(inside, ones.indices[np.minimum(starts[:, None] + places, ones.nnz - 1)], nothing)
