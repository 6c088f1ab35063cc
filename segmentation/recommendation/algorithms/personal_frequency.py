"""Personal frequency: what the customer buys again and again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.recommendation.algorithms.base import Fitted, Parts, Purchases, Recommender, Scores, check


@dataclass(frozen=True)
class PersonalFrequency(Recommender):
    """How often the customer bought it: the list "buy again". Nothing learnt beats it at that."""

    name_zh = "个人复购"
    name_en = "Personal frequency"

    def fit(self, purchases: Purchases, *, seed: int = 0) -> "OwnPurchases":
        check(purchases)
        return OwnPurchases()


@dataclass(frozen=True)
class OwnPurchases(Fitted):
    """Nothing is learnt of others."""

    def scores(self, purchases: Purchases) -> Scores:
        return np.asarray(purchases.toarray(), dtype=np.float32)

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        return products, np.diag(row[[0], :][:, products].toarray().ravel()).astype(np.float64)
