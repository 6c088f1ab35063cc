"""DBSCAN: crowds of customers around a radius; who stands alone is noise."""

import numpy as np
from sklearn.cluster import DBSCAN
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from segmentation.segments.algorithms.base import ClusteringError, Grouping
from segmentation.segments.dense import placed_by, projected
from segmentation.segments.judged import Judged
from segmentation.segments.placing import Matrix, Placement
from segmentation.segments.quality import sample

SAMPLE = 20_000
# The neighbours of all rows within the radius are listed at once; a radius that lists more than this is refused.
MOST_BYTES = 2_000_000_000
ASKED = 1_000
# How many neighbours make a crowd: four in the plane (Ester and others 1996), two for each column beyond (Sander 1998).
FEWEST = 4


class Dbscan(Judged):
    """Every customer with enough neighbours within a radius starts or joins a group. The radius is where the distance
    to the k-th neighbour, sorted, bends upwards.

    >>> import numpy as np
    >>> rows = np.concatenate([np.arange(20.0) / 10, np.arange(20.0) / 10 + 50, [200.0]]).reshape(-1, 1)
    >>> Dbscan().fit(rows, seed=0).labels[[0, 20, 40]].tolist()
    [0, 1, -1]
    """

    name_zh = "DBSCAN"
    name_en = "DBSCAN"
    advice_zh = "特征很少、疏密均匀时选它；孤立客户归为离群。"
    advice_en = "For a few features and crowds of equal density; who stands alone is an outlier."
    needs_k = False
    finds_noise = True

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        if start is not None:
            return Grouping(start.place(rows).labels, start)
        flat, axes = projected(rows)
        some = sample(flat, seed=seed, size=SAMPLE)
        least = max(FEWEST, min(2 * some.shape[1], len(some) // 4))
        with threadpool_limits(1):
            radius = knee(some, least)
            _check_neighbours(some, radius, seed)
            labels = DBSCAN(eps=radius, min_samples=least).fit(some).labels_.astype(np.intp)
        return placed_by(rows, flat, some, labels, axes, seed=seed)

    def memory(self, rows: int, columns: int, k: int) -> int:
        return super().memory(rows, columns, k) + MOST_BYTES // 4


def knee(rows: Matrix, least: int) -> float:
    """The distance to the `least`-th neighbour at which the sorted curve of them lies furthest below its chord."""
    far = NearestNeighbors(n_neighbors=min(least, len(rows) - 1) + 1).fit(rows).kneighbors(rows)[0][:, -1]
    curve = np.sort(far)
    if curve[-1] <= 0:
        return 1e-9
    chord = curve[0] + (curve[-1] - curve[0]) * np.linspace(0, 1, len(curve))
    return max(float(curve[(chord - curve).argmax()]), 1e-9)


def _check_neighbours(rows: Matrix, radius: float, seed: int) -> None:
    asked = sample(rows, seed=seed, size=ASKED)
    found = NearestNeighbors(radius=radius).fit(rows).radius_neighbors(asked, return_distance=False)
    needed = 8 * len(rows) * float(np.mean([len(some) for some in found]))
    if needed > MOST_BYTES:
        raise ClusteringError(
            f"Within the radius customers have so many neighbours that about {needed / 1e9:.1f} GB of memory would be "
            "needed: take fewer features, or k-means.",
            code="too_large",
        )
