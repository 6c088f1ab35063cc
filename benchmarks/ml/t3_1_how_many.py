"""T3.1: the number of groups, chosen by a committee, on sets where k-means or a mixture can find the truth (ARI > .85).

Of the reference's 34 such sets those in the data folder; at most 2,500 points of each, k from 2 to max(10, k + 6).
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

from benchmarks.ml.battery import PointSet, point_sets, score
from benchmarks.ml.figure import Figure
from segmentation.segments import clustering
from segmentation.segments.algorithms.base import Choice
from segmentation.segments.quality import drawn

POINTS = 2_500
FINDABLE = 0.85


def figures(data: Path) -> Iterator[Figure]:
    chosen = [(one.k(), _choice(one)) for one in point_sets(data) if _findable(one)]
    sets = f"of {len(chosen)} sets"
    exact = mean(choice.k == k for k, choice in chosen)
    near = mean(abs(choice.k - k) <= 1 for k, choice in chosen)
    shown = mean(any(abs(vote - k) <= 1 for vote in choice.votes.values()) for k, choice in chosen)
    yield Figure("T3.1", f"committee's k is exact, {sets}", exact, 0.59, 0.56)
    yield Figure("T3.1", f"committee's k within 1, {sets}", near, 0.74, 0.72)
    yield Figure("T3.1", f"one of the three shown within 1, {sets}", shown, 0.88, 0.85)
    for measure in ("silhouette", "calinski_harabasz", "bic"):
        alone = mean(choice.votes[measure] == k for k, choice in chosen)
        yield Figure("T3.1", f"{measure} alone is exact, {sets}", alone, note="for comparison")


def _findable(points: PointSet) -> bool:
    truth = points.truths["labels0"]
    fits = (clustering.load(key).fit(points.points, k=points.k(), seed=0) for key in ("kmeans", "mixture"))
    return any(score(clusters.labels, truth) > FINDABLE for clusters in fits)


def _choice(points: PointSet) -> Choice:
    rows = points.points[drawn(len(points.points), seed=0, size=POINTS)]
    return clustering.load("kmeans").choose(rows, ks=range(2, max(10, points.k() + 6) + 1), seed=0)
