"""What a recommender is: who bought what goes in, a score for every customer and product comes out.

One file per algorithm in this folder; its name is the key. Plain Python: no Django and no clock. `purchases` is a
sparse matrix, customers × products; what is not there was not bought. A fitted recommender scores any row of such a
matrix, also that of a customer who was not there when it was fitted.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from segmentation.errors import SegmentationError

Purchases: TypeAlias = sparse.csr_array
Scores = NDArray[np.float32]
# Causes (products bought, or similar customers), and what each added: a row per cause, a column per product asked for.
Parts = tuple[NDArray[Any], NDArray[np.float64]]


class RecommendationError(SegmentationError):
    """Nothing can be recommended from what there is; the message says what to change."""

    code = "recommendation"


@dataclass(frozen=True)
class Contribution:
    """What one bought product (or one similar customer) added to a score."""

    index: int
    amount: float


class Fitted(ABC):
    """A recommender that has seen a shop."""

    # What contributions speak of: products the customer bought, or customers who are like this one.
    because: ClassVar[Literal["products", "customers", "nothing"]] = "products"

    @abstractmethod
    def scores(self, purchases: Purchases) -> Scores:
        """A row per customer, a column per product; the higher the better. Only the order within a row has a meaning.

        Products that the customer bought have a score too: leaving them out is the caller's affair.
        """

    @abstractmethod
    def parts(self, row: Purchases, products: NDArray[Any]) -> Parts:
        """What made up the scores of these products for the one customer of `row`. Columns sum to the scores."""

    def contributions(self, row: Purchases, product: int) -> list[Contribution]:
        """The same of one product, largest first; what added nothing is left out."""
        causes, amounts = self.parts(row, np.array([product]))
        order = np.argsort(-amounts[:, 0], kind="stable")
        return [Contribution(int(causes[i]), float(amounts[i, 0])) for i in order if amounts[i, 0] != 0]


class Recommender(ABC):
    """One way to recommend. Parameters have defaults that suit a shop; `fit` is deterministic for a seed."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]

    @abstractmethod
    def fit(self, purchases: Purchases, *, seed: int = 0) -> Fitted:
        """Learns from who bought what."""


def binary(purchases: Any) -> Purchases:
    """1 where anything was bought, in 32-bit numbers."""
    ones = sparse.csr_array(purchases, dtype=np.float32, copy=True)
    ones.sum_duplicates()
    ones.eliminate_zeros()
    ones.data[:] = 1.0
    return ones


def check(purchases: Purchases) -> None:
    """Refuses a matrix without a customer, a product or a purchase."""
    if not purchases.nnz:
        raise RecommendationError(
            "There are no purchases to learn from: import orders with their products first.", code="no_purchases"
        )
