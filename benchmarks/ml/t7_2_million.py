"""T7.2: BG/NBD for a million customers drawn from known parameters: fit and prediction."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.ml.figure import Figure
from segmentation.prediction import purchases_to_come

CUSTOMERS, TRUTH = 1_000_000, {"r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.4}


def figures(data: Path) -> Iterator[Figure]:
    x, t_x, T = customers()
    begun = time.perf_counter()
    model = purchases_to_come.fit(x, t_x, T)
    model.expected(x, t_x, T, 12.0)
    yield Figure("T7.2", "a million customers, fit + predict", time.perf_counter() - begun, 7.0, 20, "at most", "s")
    for name, truth in TRUTH.items():
        ours = getattr(model, name)
        yield Figure("T7.2", f"a million customers, {name}", ours, truth, note="truth")
        yield Figure("T7.2", f"a million customers, {name}, distance", abs(ours / truth - 1), None, 0.03, "at most")


def customers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Repeat purchases on whole days, told in weeks."""
    random = np.random.default_rng(0)
    T = random.integers(27, 40, CUSTOMERS).astype(float)
    rate, loss = random.gamma(TRUTH["r"], 1 / TRUTH["alpha"], CUSTOMERS), random.beta(TRUTH["a"], TRUTH["b"], CUSTOMERS)
    x, t_x = np.zeros(CUSTOMERS), np.zeros(CUSTOMERS)
    # Nobody is lost before the first repeat purchase.
    alive = np.ones(CUSTOMERS, dtype=bool)
    now = np.zeros(CUSTOMERS)
    while alive.any():
        who = np.flatnonzero(alive)
        now[who] += random.exponential(1 / rate[who])
        inside = now[who] <= T[who]
        alive[who[~inside]] = False
        again = who[inside]
        x[again] += 1
        t_x[again] = now[again]
        alive[again[random.random(len(again)) < loss[again]]] = False
    return x, np.round(7 * t_x) / 7, T
