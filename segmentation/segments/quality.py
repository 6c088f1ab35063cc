"""How good a clustering is, and which number of groups is best."""

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, silhouette_samples
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from segmentation.segments.algorithms.base import Candidate, Choice, Clusters, Matrix, Quality
from segmentation.segments.gaps import filled
from segmentation.segments.placing import Labels

# Silhouettes compare every pair of rows, so they are measured on a sample of this size.
SAMPLE = 2_500
HALVES = 3

Fit = Callable[..., Clusters]


def sample(matrix: Matrix, *, seed: int, size: int = SAMPLE) -> Matrix:
    """At most `size` of the rows, drawn by `seed`, in their order."""
    return matrix[drawn(len(matrix), seed=seed, size=size)]


def drawn(rows: int, *, seed: int, size: int = SAMPLE) -> Labels:
    """The places of at most `size` of so many rows, drawn by `seed`, in rising order."""
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
            sizes=tuple(int(size) for size in np.bincount(clusters.labels)),
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


def quality(matrix: Matrix, clusters: Clusters, fit: Fit, *, seed: int) -> Quality:
    """Silhouettes on a sample, and how surely its groups come back when it is clustered again without some rows.

    Noise counts in neither: a customer in no group has no silhouette.
    """
    some = drawn(len(matrix), seed=seed)
    rows, labels = matrix[some], clusters.labels[some]
    values = np.full(len(rows), np.nan)
    inside = labels >= 0
    if 1 < len(np.unique(labels[inside])) < inside.sum():
        values[inside] = silhouette_samples(filled(rows[inside]), labels[inside])
    each = tuple(_mean(values[labels == label]) for label in range(clusters.k))
    if len(rows) < 4 * clusters.k:
        return Quality(_mean(values), each, 0.0, (0.0,) * clusters.k)
    return Quality(_mean(values), each, *_stability(rows, labels, clusters.k, fit, seed))


def _stability(
    rows: Matrix, labels: Labels, k: int, fit: Fit, seed: int
) -> tuple[float, tuple[float, ...]]:  # fmt: skip
    """How far halves clustered apart agree (adjusted Rand index), and how much of each group comes back (Jaccard)."""
    agreement, again = [], []
    for turn in range(HALVES):
        shuffled = np.random.default_rng(seed + turn).permutation(len(rows))
        halves = [fit(rows[half], k=k, seed=seed).placement.place(rows).labels for half in np.array_split(shuffled, 2)]
        agreement.append(adjusted_rand_score(*halves))
        again += [[_best_jaccard(labels == label, half) for label in range(k)] for half in halves]
    return float(np.mean(agreement)), tuple(float(x) for x in np.mean(again, axis=0))


def _best_jaccard(group: np.ndarray, labels: Labels) -> float:
    """How much of a group is in the most alike group of other labels."""
    shared = np.bincount(labels[group & (labels >= 0)], minlength=labels.max(initial=0) + 1)
    sizes = np.bincount(labels[labels >= 0], minlength=len(shared))
    either = sizes + group.sum() - shared
    return float((shared / np.maximum(either, 1)).max())


def _mean(values: np.ndarray) -> float:
    present = values[~np.isnan(values)]
    return float(present.mean()) if len(present) else 0.0
