"""BG/NBD: how many purchases a customer will make, and whether the customer is still one (Fader, Hardie & Lee 2005)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Numbers = NDArray[np.float64]
# Distinct histories above which the fit takes a sample of this size.
SAMPLE = 300_000


@dataclass(frozen=True)
class BGNBD:
    """Customers buy at a rate (gamma: r, alpha) and may be lost after any purchase with a chance (beta: a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def expected(self, x: Numbers, t_x: Numbers, T: Numbers, ahead: float) -> Numbers:
        """Purchases in the next `ahead` of those with x repeat purchases, the last t_x after the first, known for T.

        To be ranked by: the chance of being alive alone puts those who never came back on top.
        """
        # Euler's transformation of the paper's formula: the same number without powers that overflow for large x.
        known = self.alpha + T
        z = ahead / (known + ahead)
        c = self.a + self.b + x - 1
        lost = (1 - z) ** (self.a - 1) * special.hyp2f1(self.a + self.b - 1 - self.r, self.a - 1, c, z)
        first = c / (self.a - 1) * (1 - lost)
        # Where nobody is ever lost the series has no value; then purchases just go on at their rate.
        first = np.where(np.isfinite(first), first, (self.r + x) / known * ahead)
        return np.maximum(first, 0) / (1 + self._odds_of_loss(x, t_x, T))

    def alive(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        """The chance that the customer is not lost; 1 for who never came back, which says little."""
        return 1 / (1 + self._odds_of_loss(x, t_x, T))

    def _odds_of_loss(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        log = (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
        back = self.b + np.maximum(x, 1) - 1
        return np.where(x > 0, self.a / back * np.exp(np.minimum(log, 700)), 0.0)


def fit(x: Numbers, t_x: Numbers, T: Numbers, *, seed: int = 0) -> BGNBD:
    """The most likely parameters; equal histories count as one, weighted, and a sample stands for very many.

    >>> x, t = np.array([0, 1, 3, 0.0]), np.array([0, 5, 20, 0.0])
    >>> bool(fit(x, t, np.full(4, 30.0)).log_likelihood < 0)
    True
    """
    rows, weights = _distinct(x, t_x, T)
    if len(rows) > SAMPLE:
        some = np.random.default_rng(seed).choice(len(x), SAMPLE, replace=False)
        rows, weights = _distinct(x[some], t_x[some], T[some])
    # In units that make time about 1, so that the start suits days and weeks alike.
    unit = float(rows[:, 2].max()) / 10
    x, t_x, T = rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit
    total = float(weights.sum())

    def loss(logs: Numbers) -> float:
        return -float(weights @ _log_likelihood(np.exp(logs), x, t_x, T)) / total

    found = optimize.minimize(
        loss,
        np.zeros(4),
        method="L-BFGS-B",
        bounds=[(-8, 8)] * 4,
        options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
    )
    found = (
        optimize.minimize(loss, found.x, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-12, "maxiter": 120})
        if len(rows) < 20_000
        else found
    )
    r, alpha, a, b = np.exp(found.x)
    changed = float(weights @ x) * np.log(unit)
    return BGNBD(float(r), float(alpha * unit), float(a), float(b), -float(found.fun) * total - changed)


def _distinct(*columns: Numbers) -> tuple[Numbers, Numbers]:
    """The different rows and how often each is there; sorted number by number, which is quicker than row by row."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        code = code * len(values) + place
    _, first, counts = np.unique(code, return_index=True, return_counts=True)
    return np.column_stack([column[first] for column in columns]), counts.astype(np.float64)


def _log_likelihood(parameters: Numbers, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
    r, alpha, a, b = parameters
    ln = special.gammaln
    rate = ln(r + x) - ln(r) + r * np.log(alpha)
    loss = ln(a + b) + ln(b + x) - ln(b) - ln(a + b + x)
    stays = -(r + x) * np.log(alpha + T)
    goes = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x), -np.inf)
    return rate + loss + np.logaddexp(stays, goes)
