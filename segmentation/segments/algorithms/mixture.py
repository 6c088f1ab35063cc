"""Gaussian mixture: groups of different width and slant, and how likely each customer is of each."""

from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from segmentation.segments.algorithms.base import Grouping
from segmentation.segments.judged import Judged
from segmentation.segments.placing import Gaussians, Matrix, Placement
from segmentation.segments.quality import sample

# The distributions are fitted to a sample of this size; every row is then placed.
SAMPLE = 100_000
ROUNDS = 100
# Small data are tried from several beginnings of two kinds, the likeliest is taken.
SMALL, BEGINNINGS = 10_000, 10
WAYS = ("kmeans", "k-means++")
# What is added to every variance, as a part of the mean one: a fixed amount would drown narrow columns.
FLOOR = 1e-6


class Mixture(Judged):
    """Elongated, overlapping or unequal groups, each with its own covariance.

    >>> import numpy as np
    >>> rows = np.array([[0.0, 0.1], [0.2, 0.0], [0.1, 0.3], [9.0, 9.1], [9.2, 9.0]])
    >>> Mixture().fit(rows, k=2, seed=0).labels.tolist()
    [0, 0, 0, 1, 1]
    """

    name_zh = "高斯混合"
    name_en = "Gaussian mixture"
    advice_zh = "群组大小、形状不一，或想知道“有多像”时选它。"
    advice_en = "For groups of unequal width or slant, or to know how surely a customer belongs."

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        some = sample(rows, seed=seed, size=SAMPLE)
        floor = max(FLOOR * float(some.var(axis=0).mean()), 1e-12)
        with threadpool_limits(1):
            fitted = (
                _begun_at(start, some, floor, seed) if isinstance(start, Gaussians) else _found(some, k, floor, seed)
            )
            placement = Gaussians(fitted.weights_, fitted.means_, fitted.precisions_cholesky_)
            return Grouping(placement.place(rows).labels, placement)

    def memory(self, rows: int, columns: int, k: int) -> int:
        return super().memory(rows, columns, k) + 8 * min(rows, SAMPLE) * (columns + 2 * k)


def _found(rows: Matrix, k: int, floor: float, seed: int) -> GaussianMixture:
    """The likeliest of several fits; of one for many rows, where each takes long and beginnings matter less."""
    common = {"reg_covar": floor, "max_iter": ROUNDS, "random_state": seed}
    if len(rows) > SMALL:
        return GaussianMixture(k, **common).fit(rows)
    fits = (GaussianMixture(k, n_init=BEGINNINGS, init_params=way, **common).fit(rows) for way in WAYS)
    return max(fits, key=lambda fit: fit.lower_bound_)


def _begun_at(start: Gaussians, rows: Matrix, floor: float, seed: int) -> GaussianMixture:
    return GaussianMixture(
        len(start.weights),
        reg_covar=floor,
        max_iter=ROUNDS,
        means_init=start.means,
        weights_init=start.weights / start.weights.sum(),
        precisions_init=start.factors @ start.factors.transpose(0, 2, 1),
        random_state=seed,
    ).fit(rows)
