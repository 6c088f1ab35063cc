"""EASE^R: the linear model that best tells each product from the others, in closed form."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from segmentation.recommendation.algorithms.base import (
    Fitted,
    Parts,
    Purchases,
    RecommendationError,
    Recommender,
    Scores,
    binary,
    check,
)

# Above this the weights of all pairs of products no longer fit on an ordinary machine.
MOST_PRODUCTS = 15_000


@dataclass(frozen=True)
class EASE(Recommender):
    """Steck 2019: B = I − P ÷ diag(P), P = (XᵀX + λI)⁻¹. Among the best published, up to 15,000 products.

    With fewer customers than products the same weights follow from the customers' matrix, which is smaller:
    P = (I − XᵀKX) ÷ λ with K = (XXᵀ + λI)⁻¹, and P itself is never made.

    >>> bought = binary(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]]))
    >>> EASE(penalty=1).fit(bought).scores(binary(np.array([[1, 0, 0]]))).argmax()
    np.int64(1)
    """

    name_zh = "线性自编码"
    name_en = "EASE"

    penalty: float = 300.0

    def fit(self, purchases: Purchases, *, seed: int = 0) -> Fitted:
        check(purchases)
        ones = binary(purchases)
        customers, products = ones.shape
        if min(customers, products) > MOST_PRODUCTS:
            raise RecommendationError(
                f"EASE compares all pairs of {products:,} products, which takes {14 * products**2 / 1e9:,.0f} GB: "
                "recommend fewer products, or choose rp3beta or item_knn.",
                code="too_many_products",
            )
        if customers < products:
            return FewCustomers.of(ones, self.penalty)
        return Weights.of(ones, self.penalty)


@dataclass(frozen=True)
class Weights(Fitted):
    """`weights[j, i]` is what having bought j says for i."""

    weights: NDArray[np.float32]

    @classmethod
    def of(cls, ones: Purchases, penalty: float) -> "Weights":
        gram = np.asarray((ones.T @ ones).toarray(), dtype=np.float32, order="F")
        gram[np.diag_indices_from(gram)] += penalty
        # The same read the other way round, for it is symmetric: rows lie together, as a sparse product wants them.
        inverse = _inverse(gram).T
        weights = np.divide(inverse, -np.diag(inverse).copy(), out=inverse)
        weights[np.diag_indices_from(weights)] = 0
        return cls(weights)

    def scores(self, purchases: Purchases) -> Scores:
        return np.asarray(binary(purchases) @ self.weights)

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        bought = binary(row).indices
        return bought, self.weights[np.ix_(bought, products)].astype(np.float64)


@dataclass(frozen=True)
class FewCustomers(Fitted):
    """`turned` is Xᵀ, `walked` KX: customers × products; `spread` the diagonal of P times λ."""

    turned: Purchases
    walked: NDArray[np.float32]
    spread: NDArray[np.float32]

    @classmethod
    def of(cls, ones: Purchases, penalty: float) -> "FewCustomers":
        gram = np.asarray((ones @ ones.T).toarray(), dtype=np.float32, order="F")
        gram[np.diag_indices_from(gram)] += penalty
        walked = np.asarray((ones.T @ _inverse(gram)).T, dtype=np.float32, order="C")
        taken = np.asarray(ones.multiply(walked).sum(axis=0), dtype=np.float32).ravel()
        return cls(sparse.csr_array(ones.T), walked, 1 - taken)

    def scores(self, purchases: Purchases) -> Scores:
        row = binary(purchases)
        own = row.multiply(1 - 1 / self.spread).toarray()
        return np.asarray((row @ self.turned) @ self.walked / self.spread + own, dtype=np.float32)

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        bought = binary(row).indices
        amounts = np.asarray(self.turned[bought] @ self.walked[:, products], dtype=np.float64) / self.spread[products]
        amounts[bought[:, None] == products] = 0
        return bought, amounts


def _inverse(symmetric: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of a symmetric positive matrix, made in place."""
    factor, failed = linalg.lapack.spotrf(symmetric, lower=False, overwrite_a=True)
    if failed:
        raise RecommendationError("The purchases are too alike for EASE: raise its penalty.", code="not_positive")
    inverse, _ = linalg.lapack.spotri(factor, lower=False, overwrite_c=True)
    lower = np.tril_indices_from(inverse, -1) if len(inverse) < 2000 else None
    if lower is not None:
        inverse[lower] = inverse.T[lower]
        return inverse
    for first in range(0, len(inverse), 1000):  # without a table of indices as large as the matrix
        inverse[first:, first : first + 1000] = _mirrored(inverse, first)
    return inverse


def _mirrored(upper: NDArray[np.float32], first: int) -> NDArray[np.float32]:
    """The block column from the diagonal down, taken from the upper half."""
    stop = min(first + 1000, len(upper))
    below = upper[first:stop, first:].T.copy()
    corner = np.triu(upper[first:stop, first:stop])
    below[: stop - first] = corner + np.triu(corner, 1).T
    return below
