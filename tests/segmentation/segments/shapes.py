"""Customers whose groups are known, for the tests of clustering."""

import numpy as np
from numpy.typing import NDArray


def blobs(sizes: list[int], *, apart: float = 8.0, seed: int = 0) -> tuple[NDArray, NDArray]:
    """Round heaps of points in four dimensions, and which heap each point is of."""
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    places = random.permutation(2**4)[: len(sizes)]
    centres = apart * np.array([[(place >> bit) & 1 for bit in range(4)] for place in places])
    return centres[truth] + random.normal(size=(len(truth), 4)), truth


def shop(customers: int = 600, *, seed: int = 0) -> tuple[dict[str, NDArray], NDArray]:
    """Features of three kinds of customers: many small orders, few large ones, and gone; and which each is."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, customers)
    frequency = random.poisson(np.array([60, 8, 3])[truth]) + 1.0
    order = np.array([20.0, 200.0, 30.0])[truth] * random.lognormal(0, 0.2, customers)
    recency = np.array([3.0, 20.0, 250.0])[truth] * random.lognormal(0, 0.3, customers)
    discount = np.clip(np.array([0.3, 0.05, 0.1])[truth] + random.normal(0, 0.03, customers), 0, 1)
    return {
        "frequency": frequency,
        "monetary": frequency * order,
        "recency_days": recency,
        "discount_share": discount,
    }, truth
