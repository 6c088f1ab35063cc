"""T4.8: 100,000 customers × 10,000 products × 5 million purchases, generated: fit, and ten products for everybody.

Seconds by the clock grow with what else the machine does; beside them stand those of the processor, of all threads.
"""

import resource
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.ml.figure import Figure
from customers import plugins
from segmentation.recommendation.algorithms.base import Fitted, Recommender
from segmentation.recommendation.ranking import best

CUSTOMERS, PRODUCTS, PURCHASES = 100_000, 10_000, 5_300_000
SECONDS = {"item_knn": (20, 3.9), "als": (40, 23.0), "ease": (60, 63.0)}
MOST_GB = 2.5


def figures(data: Path) -> Iterator[Figure]:
    for key, (limit, reference) in SECONDS.items():
        # Each in a process of its own, so that its peak is its own.
        with get_context("spawn").Pool(1) as pool:
            (seconds, worked), gigabytes, (one, one_worked) = pool.apply(measured, (key,))
        note = f"{worked:.1f} s of processor; published: implicit 0.7 or numpy, reference run"
        yield Figure("T4.8", f"{key}, fit + everybody's ten", seconds, reference, limit, "at most", "s", note)
        yield Figure("T4.8", f"{key}, peak memory", gigabytes, None, MOST_GB, "at most", "GB")
        note = f"{one_worked:.1f} ms of processor"
        yield Figure("T4.8", f"{key}, one customer, p95", one, None, 20, "at most", "ms", note)


def measured(key: str) -> tuple[tuple[float, float], float, tuple[float, float]]:
    """Seconds, gigabytes at the peak, and milliseconds for one customer; times by the clock and by the processor."""
    bought = shop()
    begun, worked = time.perf_counter(), time.process_time()
    fitted = plugins.load("segmentation.recommendation.algorithms", key, Recommender).fit(bought)
    for start in range(0, CUSTOMERS, 1000):
        best(fitted.scores(bought[start : start + 1000]), 10)
    seconds = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return seconds, peak, _one(fitted, bought)


def shop(seed: int = 0) -> sparse.csr_array:
    """Popular products and busy customers, as shops have them; groups of customers share a quarter of the range."""
    random = np.random.default_rng(seed)
    busy = random.gamma(1.2, 1.0, CUSTOMERS)
    customers = random.choice(CUSTOMERS, PURCHASES * 115 // 100, p=busy / busy.sum())
    popular = 1 / np.arange(20, PRODUCTS + 20) ** 0.7
    products = random.choice(PRODUCTS, len(customers), p=popular / popular.sum())
    own = random.random(len(customers)) < 0.5
    products[own] = (products[own] // 8 * 8 + customers[own] % 8) % PRODUCTS
    pairs = np.unique(customers.astype(np.int64) * PRODUCTS + products)
    ones = np.ones(len(pairs), np.float32)
    return sparse.csr_array((ones, (pairs // PRODUCTS, pairs % PRODUCTS)), shape=(CUSTOMERS, PRODUCTS))


def _one(fitted: Fitted, bought: sparse.csr_array) -> tuple[float, float]:
    times = []
    for row in range(200):
        begun, worked = time.perf_counter(), time.process_time()
        best(fitted.scores(bought[row : row + 1]), 10)
        times.append((1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - worked)))
    clock, processor = np.quantile(times, 0.95, axis=0).tolist()
    return clock, processor
