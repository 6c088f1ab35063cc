"""Item-kNN: products that the same customers buy."""

from dataclasses import dataclass
from typing import Literal

from segmentation.recommendation import neighbours
from segmentation.recommendation.algorithms.base import Purchases, Recommender, binary, check
from segmentation.recommendation.similar_products import SimilarProducts


@dataclass(frozen=True)
class ItemKNN(Recommender):
    """Cosine between products over the customers who bought them (Sarwar et al. 2001); each keeps its k nearest.

    Fast at any size, and its reasons are plain: "you bought these".

    >>> import numpy as np
    >>> bought = binary(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]]))
    >>> ItemKNN(weighting="none").fit(bought).scores(binary(np.array([[1, 0, 0]]))).argmax()
    np.int64(1)
    """

    name_zh = "物品协同过滤"
    name_en = "Item neighbours"

    k: int = 100
    shrink: float = 10.0
    weighting: Literal["none", "tf_idf", "bm25"] = "tf_idf"

    def fit(self, purchases: Purchases, *, seed: int = 0) -> SimilarProducts:
        check(purchases)
        ones = binary(purchases)
        # Weighted as texts are: a product is the document, its customers are the words.
        if self.weighting != "none":
            weigh = neighbours.tf_idf if self.weighting == "tf_idf" else neighbours.bm25
            ones = binary_like(weigh(ones.T.tocsr()).T.tocsr())
        return SimilarProducts(neighbours.cosine_columns(ones, k=self.k, shrink=self.shrink))


def binary_like(matrix: Purchases) -> Purchases:
    """Sorted, as the blocks expect it."""
    matrix.sort_indices()
    return matrix
