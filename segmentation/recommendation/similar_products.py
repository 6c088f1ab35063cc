"""Recommending by products that go together: the score of a product is the sum of what the bought ones say for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from segmentation.recommendation.algorithms.base import Fitted, Parts, Purchases, Scores, binary


@dataclass(frozen=True)
class SimilarProducts(Fitted):
    """`similar[j, i]` is what having bought j says for i."""

    similar: sparse.csr_array

    def scores(self, purchases: Purchases) -> Scores:
        return (binary(purchases) @ self.similar).toarray()

    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        bought = binary(row).indices
        return bought, self.similar[bought][:, products].toarray().astype(np.float64)
