"""T2.1: each algorithm on public point sets, the true number of groups given (not to DBSCAN and HDBSCAN).

The data folder has the batteries fcps, uci and sipu: 33 sets of at most 10,000 points. The pass lines of the
reference are means over 73 sets (.545, .635, .540, .780, .720); here they are lowered or raised by what the same method
was published, or measured by the reference, to reach on these three batteries alone.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml.battery import PointSet, point_sets, published, score
from benchmarks.ml.figure import Figure
from segmentation.segments import clustering
from segmentation.segments.placing import NOISE, squared_distances

# Algorithm → the published method of the same name, and how far below it the reference's pass line lies.
PUBLISHED = {
    "kmeans": ("sklearn_kmeans", 0.003),
    "mixture": ("sklearn_gm", 0.014),
    "ward": ("fastcluster_ward", 0.002),
    "genie": ("Genie_G0.3", 0.004),
}
# What the reference measured of the two that find the number of groups, by battery; its line is .005 below.
MEASURED = {
    "hdbscan": {"fcps": 0.868, "uci": 0.180, "sipu": 0.804},
    "dbscan": {"fcps": 0.465, "uci": 0.019, "sipu": 0.586},
}
SLACK = 0.005


def figures(data: Path) -> Iterator[Figure]:
    sets = list(point_sets(data))
    names = {one.name for one in sets}
    for algorithm, (method, below) in PUBLISHED.items():
        ours, theirs = mean(best(algorithm, one) for one in sets), published(data, method, names)
        yield Figure("T2.1", f"{algorithm}, mean ARI of {len(sets)} sets", ours, theirs, theirs - below)
    for algorithm, batteries in MEASURED.items():
        ours = mean(best(algorithm, one) for one in sets)
        theirs = mean(batteries[one.name.split("/")[0]] for one in sets)
        note = "number of groups not given, noise to the nearest group"
        yield Figure("T2.1", f"{algorithm}, mean ARI of {len(sets)} sets", ours, theirs, theirs - SLACK, note=note)


def best(algorithm: str, points: PointSet, *, seed: int = 0) -> float:
    """The best score over the alternative truths, each with its own number of groups."""
    fit = clustering.load(algorithm).fit
    found = {
        k: everybody_in(points.points, fit(points.points, k=k, seed=seed).labels)
        for k in {points.k(truth) for truth in points.truths}
    }
    return max(score(found[points.k(truth)], labels) for truth, labels in points.truths.items())


def everybody_in(rows: NDArray, labels: NDArray) -> NDArray:
    """Noise in the group of the nearest row that has one; one group where there is none at all."""
    lost, inside = np.flatnonzero(labels == NOISE), np.flatnonzero(labels != NOISE)
    if not len(inside):
        return np.zeros_like(labels)
    filled = labels.copy()
    for some in np.array_split(lost, max(1, len(lost) // 500)):
        filled[some] = labels[inside[squared_distances(rows[some], rows[inside]).argmin(axis=1)]]
    return filled
