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
# Small data are tried from several beginnings, the likeliest is taken.
SMALL, BEGINNINGS = 10_000, 5
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
        known = start if isinstance(start, Gaussians) else None
        mixture = GaussianMixture(
            len(known.weights) if known else k,
            reg_covar=floor,
            max_iter=ROUNDS,
            n_init=BEGINNINGS if known is None and len(some) <= SMALL else 1,
            means_init=known.means if known else None,
            weights_init=known.weights if known else None,
            precisions_init=known.factors @ known.factors.transpose(0, 2, 1) if known else None,
            random_state=seed,
        )
        with threadpool_limits(1):
            fitted = mixture.fit(some)
            placement = Gaussians(fitted.weights_, fitted.means_, fitted.precisions_cholesky_)
            return Grouping(placement.place(rows).labels, placement)

    def memory(self, rows: int, columns: int, k: int) -> int:
        return super().memory(rows, columns, k) + 8 * min(rows, SAMPLE) * (columns + 2 * k)
