"""Gamma-Gamma: what a customer's purchase is worth, drawn to everybody's the fewer there were (Fader & Hardie 2013)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class GammaGamma:
    """Amounts vary around a customer's own mean (p), which varies between customers (q, v)."""

    p: float
    q: float
    v: float

    def expected(self, x: Numbers, mean: Numbers) -> Numbers:
        """The mean of the purchases to come, of customers with x repeat purchases of this mean (x may be 0)."""
        weight = self.p * x / (self.p * x + self.q - 1)
        everybody = self.p * self.v / (self.q - 1)
        return (1 - weight) * everybody + weight * np.where(x > 0, mean, 0)


def fit(x: Numbers, mean: Numbers) -> GammaGamma:
    """From customers with repeat purchases: x of them, of this mean above zero.

    >>> mean = np.array([10.0, 12, 30, 28, 11])
    >>> fit(np.array([2.0, 3, 2, 4, 1]), mean).q > 1
    True
    """
    kept = (x > 0) & (mean > 0)
    x, mean = x[kept], mean[kept]
    unit = float(np.median(mean))
    mean = mean / unit
    ln = special.gammaln

    def loss(logs: Numbers) -> float:
        p, v = np.exp(logs[[0, 2]])
        q = 1 + np.exp(logs[1])
        return -float(
            np.mean(
                ln(p * x + q) - ln(p * x) - ln(q) + q * np.log(v) + (p * x - 1) * np.log(mean)
                + p * x * np.log(x) - (p * x + q) * np.log(x * mean + v)
            )
        )  # fmt: skip

    found = optimize.minimize(loss, np.zeros(3), method="L-BFGS-B", bounds=[(-6, 8)] * 3)
    found = optimize.minimize(loss, found.x, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14})
    p, v = np.exp(found.x[[0, 2]])
    return GammaGamma(float(p), float(1 + np.exp(found.x[1])), float(v * unit))
