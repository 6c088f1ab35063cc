"""User-kNN: what the customers most like this one bought."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from segmentation.recommendation import neighbours
from segmentation.recommendation.algorithms.base import (
    Fitted,
    Parts,
    Purchases,
    Recommender,
    Scores,
    binary,
    check,
)

Similarity = Literal["cosine", "pearson"]


@dataclass(frozen=True)
class UserKNN(Recommender):
    """The k most similar customers, if they are at least `floor` alike; similarity to the power `sharpness` weighs.

    A threshold alone leaves most customers without neighbours, and the nearest alone takes in strangers: both are
    needed. Pearson is the cosine of rows less their mean: agreement beyond what two busy customers share by chance.

    >>> bought = binary(np.array([[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 1]]))
    >>> UserKNN(k=1).fit(bought).scores(binary(np.array([[1, 1, 0, 0]]))).argmax()
    np.int64(0)
    """

    name_zh = "用户协同过滤"
    name_en = "Similar customers"

    k: int = 50
    floor: float = 0.0
    similarity: Similarity = "pearson"
    sharpness: float = 2.0

    def fit(self, purchases: Purchases, *, seed: int = 0) -> "SimilarCustomers":
        check(purchases)
        return SimilarCustomers(binary(purchases), self)


@dataclass(frozen=True)
class SimilarCustomers(Fitted):
    """Who bought what, kept: neighbours are looked for when they are asked for."""

    because = "customers"

    bought: Purchases
    settings: UserKNN

    def neighbours(self, purchases: Purchases) -> sparse.csr_array:
        """Asked × known customers: each row's nearest with their similarity.

        A known customer with just the same purchases is taken for the same person and left out once.
        """
        asked = binary(purchases)

        def block(first: int, stop: int) -> sparse.csr_array:
            return self._similarities(asked[first:stop])

        found = neighbours.top_rows(block, asked.shape[0], self.settings.k + 1)
        return neighbours.keep_largest(_without_oneself(found), self.settings.k)

    def scores(self, purchases: Purchases) -> Scores:
        near = self.neighbours(purchases)
        near.data **= self.settings.sharpness
        return (near @ self.bought).toarray()

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        near = self.neighbours(row)
        weights = near.data.astype(np.float64) ** self.settings.sharpness
        return near.indices, weights[:, None] * self.bought[near.indices][:, products].toarray()

    def _similarities(self, asked: Purchases) -> sparse.csr_array:
        both = sparse.csr_array(asked @ self.bought.T)
        items = self.bought.shape[1]
        mine, theirs = _counts(asked), _counts(self.bought)
        rows = np.repeat(np.arange(asked.shape[0]), np.diff(both.indptr))
        a, b = mine[rows], theirs[both.indices]
        if self.settings.similarity == "cosine":
            alike = both.data / np.sqrt(a * b)
        else:
            spread = np.sqrt((a - a * a / items) * (b - b * b / items))
            alike = (both.data - a * b / items) / np.maximum(spread, 1e-9)
        alike[alike < max(self.settings.floor, 1e-9)] = 0
        found = sparse.csr_array((alike.astype(np.float32), both.indices, both.indptr), shape=both.shape)
        found.eliminate_zeros()
        return found


def _counts(matrix: Purchases) -> np.ndarray:
    return np.diff(matrix.indptr).astype(np.float64)


def _without_oneself(found: sparse.csr_array) -> sparse.csr_array:
    """The first neighbour who is alike in everything is the customer again."""
    for row in range(found.shape[0]):
        here = slice(found.indptr[row], found.indptr[row + 1])
        same = np.flatnonzero(found.data[here] > 1 - 1e-6)
        if len(same):
            found.data[here.start + same[0]] = 0
    found.eliminate_zeros()
    return found
