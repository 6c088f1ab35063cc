"""What a customer would rate a product: item-kNN on what the ratings are beyond the usual."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
# Koren 2010: how strongly a customer's, or a product's, usual rating is drawn to the mean of all.
DRAW_CUSTOMERS, DRAW_PRODUCTS, ROUNDS = 15.0, 10.0, 10


@dataclass(frozen=True)
class RatingKNN:
    """Pearson similarity of products around the baselines (Koren 2010), shrunk where few rated both.

    `known[customer, product]` is a rating, NaN where there is none; `nearest` rated products decide.
    """

    baseline: Numbers
    beyond: Numbers
    similar: Numbers
    nearest: int
    low: float
    high: float

    @classmethod
    def of(cls, known: Numbers, *, nearest: int = 40, shrink: float = 100.0) -> "RatingKNN":
        """
        >>> known = np.array([[5, 4, np.nan], [1, 2, 1], [5, 5, 5], [4, np.nan, 4.0]])
        >>> bool(RatingKNN.of(known).predict(np.array([0]), np.array([2]))[0] > 3)
        True
        """
        there = ~np.isnan(known)
        baseline = _baseline(known, there)
        beyond = np.where(there, known - baseline, 0.0)
        similar = _pearson(beyond, there.astype(np.float64), shrink)
        return cls(baseline, np.where(there, beyond, np.nan), similar, nearest, *_range(known))

    def predict(self, customers: NDArray[np.intp], products: NDArray[np.intp]) -> Numbers:
        """A rating for each pair; the baseline where no similar product was rated."""
        found = self.baseline[customers, products].copy()
        for customer in np.unique(customers):
            here = np.flatnonzero(customers == customer)
            rated = np.flatnonzero(~np.isnan(self.beyond[customer]))
            alike = self.similar[products[here]][:, rated]
            if alike.shape[1] > self.nearest:
                alike = np.where(
                    alike >= -np.partition(-alike, self.nearest - 1, axis=1)[:, [self.nearest - 1]], alike, 0
                )
            alike = np.maximum(alike, 0)
            total = alike.sum(axis=1)
            away = alike @ self.beyond[customer, rated]
            found[here] += np.divide(away, total, out=np.zeros_like(away), where=total > 0)
        return np.clip(found, self.low, self.high)


def _baseline(known: Numbers, there: NDArray[np.bool_]) -> Numbers:
    """The mean of all, plus what is usual of the customer, plus what is usual of the product."""
    mean = known[there].mean()
    left = np.where(there, known - mean, 0.0)
    customers, products = np.zeros(known.shape[0]), np.zeros(known.shape[1])
    for _ in range(ROUNDS):
        products = (left - there * customers[:, None]).sum(axis=0) / (DRAW_PRODUCTS + there.sum(axis=0))
        customers = (left - there * products).sum(axis=1) / (DRAW_CUSTOMERS + there.sum(axis=1))
    return mean + customers[:, None] + products


def _pearson(beyond: Numbers, there: Numbers, shrink: float) -> Numbers:
    both = there.T @ there
    squares = (beyond**2).T @ there
    spread = np.sqrt(squares * squares.T)
    alike = np.divide(beyond.T @ beyond, spread, out=np.zeros_like(spread), where=spread > 0)
    shrunk = np.maximum(both - 1, 0) / np.maximum(both - 1 + shrink, 1e-9)
    alike *= shrunk
    np.fill_diagonal(alike, 0)
    return alike


def _range(known: Numbers) -> tuple[float, float]:
    return float(np.nanmin(known)), float(np.nanmax(known))
