"""Algorithms of this folder as the product uses them: with a choice of k, figures of quality and a surrogate tree."""

from collections.abc import Sequence

from segmentation.segments import surrogate
from segmentation.segments.algorithms.base import (
    Algorithm,
    Choice,
    ClusteringError,
    Clusters,
    Matrix,
    Progress,
    Quality,
    Surrogate,
    order_of,
)
from segmentation.segments.gaps import filled
from segmentation.segments.quality import best_k, figures, quality, sample


class Judged(Algorithm):
    """The number of groups is chosen by a committee: the median of what silhouette, Calinski-Harabasz and the Gaussian
    mixture's BIC would choose, which on benchmark sets is right more often than any of them alone."""

    def choose(self, matrix: Matrix, *, ks: Sequence[int], seed: int, progress: Progress | None = None) -> Choice:
        if not self.needs_k:
            raise ClusteringError("This algorithm finds the number of groups itself.", code="no_choice")
        rows = sample(matrix[order_of(matrix)], seed=seed)
        candidates = []
        for done, k in enumerate(ks):
            if progress:
                progress(done, len(ks))
            candidates.append(figures(filled(rows), self.fit(rows, k=k, seed=seed), seed=seed))
        return best_k(candidates)

    def quality(self, matrix: Matrix, clusters: Clusters, *, seed: int) -> Quality:
        return quality(matrix, clusters, self.fit, seed=seed)

    def surrogate(self, matrix: Matrix, clusters: Clusters, *, seed: int) -> Surrogate:
        return surrogate.fit(matrix, clusters.labels, seed=seed)
