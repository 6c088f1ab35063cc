"""How good a clustering is, and which number of groups is best."""

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, silhouette_samples
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from segmentation.segments.algorithms.base import Candidate, Choice, Clusters, Matrix, Quality

# Silhouettes compare every pair of rows, so they are measured on a sample of this size.
SAMPLE = 2_500
HALVES = 3


def sample(matrix: Matrix, *, seed: int, size: int = SAMPLE) -> Matrix:
    """At most `size` of the rows, drawn by `seed`, in their order."""
    return matrix[_drawn(len(matrix), seed, size)]


def _drawn(rows: int, seed: int, size: int) -> np.ndarray:
    if rows <= size:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, size, replace=False))


def figures(matrix: Matrix, clusters: Clusters, *, seed: int) -> Candidate:
    """The three measures of one clustering; the rows are few enough to compare all pairs."""
    with threadpool_limits(1):
        mixture = GaussianMixture(
            clusters.k, means_init=clusters.centres, reg_covar=1e-4, max_iter=100, random_state=seed
        )
        return Candidate(
            k=clusters.k,
            silhouette=float(silhouette_samples(matrix, clusters.labels).mean()),
            calinski_harabasz=float(calinski_harabasz_score(matrix, clusters.labels)),
            bic=float(mixture.fit(matrix).bic(matrix)),
        )


def best_k(candidates: Sequence[Candidate]) -> Choice:
    """The median of the three measures' favourites.

    >>> best_k([Candidate(2, 0.9, 10, 5), Candidate(3, 0.8, 30, 4), Candidate(4, 0.1, 20, 3)]).k
    3
    """
    votes = {
        "silhouette": max(candidates, key=lambda c: c.silhouette).k,
        "calinski_harabasz": max(candidates, key=lambda c: c.calinski_harabasz).k,
        "bic": min(candidates, key=lambda c: c.bic).k,
    }
    return Choice(sorted(votes.values())[1], votes, tuple(candidates))


def quality(matrix: Matrix, clusters: Clusters, fit: Callable[..., Clusters], *, seed: int) -> Quality:
    """Silhouettes on a sample, and how well two halves of it, clustered apart, agree about all of it."""
    drawn = _drawn(len(matrix), seed, SAMPLE)
    rows, labels = matrix[drawn], clusters.labels[drawn]
    values = silhouette_samples(rows, labels) if 1 < len(set(labels)) < len(rows) else np.zeros(len(rows))
    each = tuple(
        float(values[labels == label].mean()) if (labels == label).any() else 0.0 for label in range(clusters.k)
    )
    return Quality(float(values.mean()), each, _stability(rows, clusters.k, fit, seed))


def _stability(rows: Matrix, k: int, fit: Callable[..., Clusters], seed: int) -> float:
    if len(rows) < 4 * k:
        return 0.0
    agreement = []
    for turn in range(HALVES):
        shuffled = np.random.default_rng(seed + turn).permutation(len(rows))
        one, other = (fit(rows[half], k=k, seed=seed).centres for half in np.array_split(shuffled, 2))
        agreement.append(adjusted_rand_score(nearest(rows, one), nearest(rows, other)))
    return float(np.mean(agreement))


def nearest(rows: Matrix, centres: Matrix) -> np.ndarray:
    """The number of the nearest centre for each row."""
    return np.argmin((centres**2).sum(axis=1) - 2 * rows @ centres.T, axis=1)
