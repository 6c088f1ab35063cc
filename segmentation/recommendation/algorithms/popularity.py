"""Popularity: what most customers buy. The measure for everything else, and the last resort."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.recommendation.algorithms.base import Fitted, Parts, Purchases, Recommender, Scores, check


@dataclass(frozen=True)
class Popularity(Recommender):
    """The same list for everybody, by the number of customers."""

    name_zh = "热销"
    name_en = "Popularity"

    def fit(self, purchases: Purchases, *, seed: int = 0) -> "Popular":
        check(purchases)
        return Popular(np.bincount(purchases.indices, minlength=purchases.shape[1]).astype(np.float32))


@dataclass(frozen=True)
class Popular(Fitted):
    """`buyers` of each product."""

    because = "nothing"

    buyers: NDArray[np.float32]

    def scores(self, purchases: Purchases) -> Scores:
        return np.tile(self.buyers, (purchases.shape[0], 1))

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        return np.empty(0, dtype=np.intp), np.empty((0, len(products)))
