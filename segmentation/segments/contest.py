"""Which algorithm suits some rows: each tries on a sample; who is found again and has empty space between wins.

Silhouette would only elect k-means again, whatever the shapes; stability and DBCV by ranks chose best among the plain
rules on public benchmark sets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.algorithms.base import Algorithm, Matrix
from segmentation.segments.density import dbcv
from segmentation.segments.quality import sample

SAMPLE = 1_200
TURNS = 5
PART = 0.8


@dataclass(frozen=True)
class Entry:
    """How one algorithm did: `stability` (0 to 1) and `dbcv` (-1 to 1), and its ranks in both added up (less wins)."""

    algorithm: str
    stability: float
    dbcv: float
    ranks: float


def contest(matrix: Matrix, algorithms: Mapping[str, Algorithm], *, k: int, seed: int) -> list[Entry]:
    """All algorithms, the best first; of two as good, the one with the higher DBCV."""
    rows = sample(matrix, seed=seed, size=SAMPLE)
    tried = {key: _tried(rows, algorithm, k, seed) for key, algorithm in algorithms.items()}
    stable, dense = (_ranks([figures[place] for figures in tried.values()]) for place in range(2))
    entries = [
        Entry(key, round(stability, 4), round(density, 4), first + second)
        for (key, (stability, density)), first, second in zip(tried.items(), stable, dense, strict=True)
    ]
    return sorted(entries, key=lambda entry: (entry.ranks, -entry.dbcv, -entry.stability))


def _tried(rows: Matrix, algorithm: Algorithm, k: int, seed: int) -> tuple[float, float]:
    labels = algorithm.fit(rows, k=k, seed=seed).labels
    agreement = []
    for turn in range(TURNS):
        part = np.random.default_rng([seed, turn]).permutation(len(rows))[: int(PART * len(rows))]
        agreement.append(adjusted_rand_score(labels[part], algorithm.fit(rows[part], k=k, seed=seed).labels))
    return float(np.mean(agreement)), dbcv(rows, labels)


def _ranks(values: Sequence[float]) -> list[float]:
    """1 for the highest; equals share the mean of their ranks."""
    rounded = np.round(values, 4)
    return [float((rounded > value).sum() + ((rounded == value).sum() + 1) / 2) for value in rounded]
