"""k-means: every customer to the nearest of k centres."""

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans as Lloyd
from threadpoolctl import threadpool_limits

from segmentation.segments.algorithms.base import ROWS_AT_ONCE, Grouping
from segmentation.segments.judged import Judged
from segmentation.segments.placing import Matrix, Nearest, Placement
from segmentation.segments.quality import sample

# Several beginnings are tried on a sample this big; all rows then move once more from the best.
SAMPLE = 100_000
BEGINNINGS = 10


class KMeans(Judged):
    """Compact groups of similar customers; everybody gets one. The default.

    >>> import numpy as np
    >>> near, far = np.zeros((3, 2)), np.full((2, 2), 9.0)
    >>> KMeans().fit(np.vstack([near, far]), k=2, seed=0).labels.tolist()
    [0, 0, 0, 1, 1]
    """

    name_zh = "k 均值"
    name_en = "k-means"
    advice_zh = "人人有组、组内紧凑、可解释、最快；默认选它。"
    advice_en = "Everybody gets a group, groups are compact, and it is the fastest: the default."

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        # One thread: two would add up in a different order each time, and a border case could change sides.
        with threadpool_limits(1):
            begin = start.points if isinstance(start, Nearest) else _best_beginning(rows, k, seed)
            middle = begin.mean(axis=0)
            some = _around(middle, rows) if len(rows) > SAMPLE else rows - middle
            fitted = Lloyd(len(begin), init=(begin - middle).astype(some.dtype), n_init=1, copy_x=False).fit(some)
            centres = fitted.cluster_centers_.astype(np.float64) + middle
        return Grouping(fitted.labels_.astype(np.intp), Nearest(centres, np.arange(len(begin))))


def _best_beginning(rows: Matrix, k: int, seed: int) -> Matrix:
    some = sample(rows, seed=seed, size=SAMPLE)
    return Lloyd(k, n_init=BEGINNINGS, random_state=seed).fit(some).cluster_centers_


def _around(middle: Matrix, rows: Matrix) -> NDArray[np.float32]:
    """The rows as seen from the middle, in single precision: half the memory to go through, again and again."""
    seen = np.empty(rows.shape, np.float32)
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(begin, begin + ROWS_AT_ONCE)
        seen[some] = rows[some] - middle
    return seen
