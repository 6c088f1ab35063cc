"""The difference that a campaign made: means of two random groups, with an interval.

Shares use Newcombe's interval (Newcombe 1998, Statistics in Medicine 17, method 10), which stays honest for rare
outcomes and small groups; amounts use Welch's. With earlier behaviour at hand the estimate is regression-adjusted in
each group apart (Lin 2013, Annals of Applied Statistics 7), which can only gain precision in large groups; with one
covariate that is CUPED (Deng et al. 2013).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lift:
    """Treated against held out. `relative` is in parts of the held-out mean; None where that mean is not positive."""

    treated: float
    held_out: float
    difference: float
    low: float
    high: float
    p_value: float
    relative: float | None
    # Which part of the variance earlier behaviour explained; 0 where none was used.
    explained: float = 0.0

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.low > 0 or self.high < 0


def lift_of_shares(treated: tuple[int, int], held_out: tuple[int, int], *, alpha: float = 0.05) -> Lift:
    """Of (customers with the outcome, customers) in each group.

    >>> lift = lift_of_shares((56, 70), (48, 80))  # Newcombe 1998, table II, (a): .0524 to .3339
    >>> round(lift.difference, 4), round(lift.low, 4), round(lift.high, 4)
    (0.2, 0.0524, 0.3339)

    Raises:
        ValueError: a group without customers.
    """
    (x1, n1), (x0, n0) = treated, held_out
    _refuse_empty(n1, n0)
    p1, p0 = x1 / n1, x0 / n0
    (low1, high1), (low0, high0) = _wilson(x1, n1, alpha), _wilson(x0, n0, alpha)
    difference = p1 - p0
    low = difference - float(np.hypot(p1 - low1, high0 - p0))
    high = difference + float(np.hypot(high1 - p1, p0 - low0))
    pooled = (x1 + x0) / (n1 + n0)
    error = float(np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0)))
    return Lift(p1, p0, difference, low, high, _two_sided(difference, error), _relative(difference, p0))


def lift_of_means(
    treated: Values, held_out: Values, *, before: tuple[npt.ArrayLike, npt.ArrayLike] | None = None, alpha: float = 0.05
) -> Lift:
    """Of one value per customer. `before`: what each group did earlier, shape (customers,) or (customers, covariates).

    Raises:
        ValueError: a group of fewer than two customers.
    """
    n1, n0 = len(treated), len(held_out)
    _refuse_empty(n1 - 1, n0 - 1)
    mean1, mean0 = float(np.mean(treated)), float(np.mean(held_out))
    plain = float(np.var(treated, ddof=1) / n1 + np.var(held_out, ddof=1) / n0)
    difference, variance, freedom = mean1 - mean0, plain, _welch(treated, held_out)
    if before is not None:
        difference, variance = _adjusted(treated, held_out, _columns(before[0]), _columns(before[1]))
    error = float(np.sqrt(variance))
    reach = float(stats.t.ppf(1 - alpha / 2, freedom)) * error
    return Lift(
        mean1,
        mean0,
        difference,
        difference - reach,
        difference + reach,
        _two_sided(difference, error, freedom),
        _relative(difference, mean0),
        max(0.0, 1 - variance / plain) if plain > 0 else 0.0,
    )


def _adjusted(treated: Values, held_out: Values, x1: Values, x0: Values) -> tuple[float, float]:
    """Difference of the groups' regression lines at the common centre of the covariates, and its variance."""
    both = np.vstack([x1, x0])
    centre = both.mean(axis=0)
    spread = both.std(axis=0)
    kept = spread > 1e-12 * np.maximum(1, np.abs(centre))
    x1, x0 = ((x - centre)[:, kept] / spread[kept] for x in (x1, x0))
    intercept1, slopes1, variance1 = _line(treated, x1)
    intercept0, slopes0, variance0 = _line(held_out, x0)
    slope = slopes1 - slopes0
    # What the centre itself varies by, where the groups' lines are not parallel.
    common = np.atleast_2d(np.cov(np.vstack([x1, x0]), rowvar=False)) if kept.any() else np.zeros((0, 0))
    return intercept1 - intercept0, variance1 + variance0 + float(slope @ common @ slope) / len(both)


def _line(y: Values, x: Values) -> tuple[float, Values, float]:
    """Least squares on centred covariates: the value at the centre, the slopes, the value's robust (HC2) variance."""
    design = np.column_stack([np.ones(len(y)), x])
    inverse = np.linalg.pinv(design.T @ design)
    coefficients = inverse @ (design.T @ y)
    residuals = y - design @ coefficients
    leverage = np.minimum(np.einsum("ij,jk,ik->i", design, inverse, design), 1 - 1e-9)
    weights = design @ inverse[0]
    return float(coefficients[0]), coefficients[1:], float(np.sum(weights**2 * residuals**2 / (1 - leverage)))


def _columns(before: npt.ArrayLike) -> Values:
    values = np.asarray(before, dtype=np.float64)
    return values[:, None] if values.ndim == 1 else values


def _wilson(x: int, n: int, alpha: float) -> tuple[float, float]:
    """Wilson's interval of a share (1927, JASA 22)."""
    z = float(stats.norm.ppf(1 - alpha / 2))
    centre, reach = (x + z * z / 2) / (n + z * z), z / (n + z * z) * float(np.sqrt(x * (n - x) / n + z * z / 4))
    return centre - reach, centre + reach


def _welch(a: Values, b: Values) -> float:
    """Degrees of freedom, after Welch and Satterthwaite."""
    va, vb = np.var(a, ddof=1) / len(a), np.var(b, ddof=1) / len(b)
    parts = va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)
    return float((va + vb) ** 2 / parts) if parts > 0 else float(len(a) + len(b) - 2)


def _two_sided(difference: float, error: float, freedom: float = np.inf) -> float:
    if error == 0:
        return 1.0 if difference == 0 else 0.0
    return float(2 * stats.t.sf(abs(difference) / error, freedom))


def _relative(difference: float, base: float) -> float | None:
    return difference / base if base > 0 else None


def _refuse_empty(*sizes: int) -> None:
    if min(sizes) < 1:
        raise ValueError("Both groups need customers (two at least, for amounts): freeze with a holdout.")
