"""RP3beta: a walk of three steps over who bought what, popular products held back."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segmentation.recommendation import neighbours
from segmentation.recommendation.algorithms.base import Purchases, Recommender, binary, check
from segmentation.recommendation.similar_products import SimilarProducts


@dataclass(frozen=True)
class RP3Beta(Recommender):
    """From a product to a customer who bought it to another product (Paudel et al. 2017), at any number of products.

    `alpha` sharpens or flattens each step's chances; `beta` divides by the product's popularity to that power.

    >>> bought = binary(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]]))
    >>> RP3Beta().fit(bought).scores(binary(np.array([[1, 0, 0]]))).argmax()
    np.int64(1)
    """

    name_zh = "图随机游走"
    name_en = "Random walk"

    k: int = 200
    alpha: float = 0.75
    beta: float = 0.3
    normalize: bool = True

    def fit(self, purchases: Purchases, *, seed: int = 0) -> SimilarProducts:
        check(purchases)
        ones = binary(purchases)
        popularity = np.asarray(ones.sum(axis=0)).ravel()
        to_products = _chances(ones, self.alpha)
        to_customers = _chances(sparse.csr_array(ones.T), self.alpha)
        held_back = np.zeros_like(popularity)
        np.power(popularity, -self.beta, out=held_back, where=popularity > 0)

        def block(first: int, stop: int) -> sparse.csr_array:
            walked = sparse.csr_array(to_customers[first:stop] @ to_products)
            walked.data *= held_back[walked.indices]
            rows = np.repeat(np.arange(first, stop), np.diff(walked.indptr))
            walked.data[rows == walked.indices] = 0
            walked.eliminate_zeros()
            return walked

        similar = neighbours.top_rows(block, ones.shape[1], self.k)
        return SimilarProducts(_shares(similar) if self.normalize else similar)


def _chances(matrix: sparse.csr_array, power: float) -> sparse.csr_array:
    """Each row divided by its sum, to a power."""
    shares = _shares(matrix)
    shares.data **= power
    return shares


def _shares(matrix: sparse.csr_array) -> sparse.csr_array:
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    data = (matrix.data / np.maximum(sums[rows], 1e-30)).astype(np.float32)
    return sparse.csr_array((data, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
