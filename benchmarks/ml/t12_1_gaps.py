"""T12.1: rows with gaps, and rows that come in batches and are not kept.

Digits is scikit-learn's (1,797 images of 64 pixels), 30 % of the pixels lost at random. The stream is generated: weekly
spending of 60,000 customers over 52 weeks in six seasonal patterns, 30 % of the weeks lost, read once in batches. Its
noise is set so that k-means with gaps filled by means does as well as in the reference (.973), which is printed.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score

from benchmarks.ml.figure import Figure
from segmentation.segments import clustering
from segmentation.segments.algorithms.incremental import Stream
from segmentation.segments.gaps import filled
from segmentation.segments.placing import squared_distances

LOST, SEEDS = 0.3, 5
CUSTOMERS, WEEKS, PATTERNS, BATCH, NOISE = 60_000, 52, 6, 5_000, 0.48


def figures(data: Path) -> Iterator[Figure]:
    rows, truth = load_digits(return_X_y=True)
    ours = [_score("incremental", _with_gaps(rows, seed), truth, seed) for seed in range(SEEDS)]
    yield Figure("T12.1", "digits, 30 % lost, partial distances, mean ARI of 5", mean(ours), 0.629, 0.62)
    means = [_score("kmeans", filled(_with_gaps(rows, seed)), truth, seed) for seed in range(SEEDS)]
    yield Figure("T12.1", "digits, 30 % lost, gaps filled with means", mean(means), 0.612, note="for comparison")
    series, patterns = weekly(0)
    stream = _read_once(series)
    labels = squared_distances(series, stream.centres).argmin(axis=1)
    yield Figure("T12.1", "60k weekly series, one pass, ARI", float(adjusted_rand_score(patterns, labels)), 0.985, 0.97)
    guessed = clustering.load("kmeans").fit(filled(series), k=PATTERNS, seed=0).labels
    blind = float(adjusted_rand_score(patterns, guessed))
    yield Figure("T12.1", "the same series, gaps filled with means", blind, 0.973, note="for comparison")
    kept = (stream.centres.nbytes + stream.counts.nbytes) / (8 * PATTERNS * WEEKS)
    yield Figure("T12.1", "numbers kept between batches, of groups × weeks", kept, None, 2, "at most", "times")


def weekly(seed: int) -> tuple[NDArray, NDArray[np.intp]]:
    """Series with gaps (NaN), and each one's pattern: a level, a season and a trend of its own, with much noise."""
    random = np.random.default_rng(seed)
    week = np.arange(WEEKS)
    seasons = np.sin(
        2 * np.pi * (week[None, :] / random.choice([52, 26, 13], (PATTERNS, 1)) + random.random((PATTERNS, 1)))
    )
    shapes = random.normal(0, 0.4, (PATTERNS, 1)) + 0.6 * seasons + random.normal(0, 0.4, (PATTERNS, 1)) * week / WEEKS
    truth = random.integers(0, PATTERNS, CUSTOMERS)
    series = shapes[truth] + random.normal(0, NOISE, (CUSTOMERS, WEEKS))
    return _with_gaps(series, seed + 1), truth


def _read_once(series: NDArray) -> Stream:
    stream = Stream(PATTERNS)
    for begin in range(0, CUSTOMERS, BATCH):
        batch = series[begin : begin + BATCH]
        if not begin:
            stream.begin(batch, seed=0)
        stream.learn(batch)
    return stream


def _with_gaps(rows: NDArray, seed: int) -> NDArray:
    lost = np.random.default_rng(seed).random(rows.shape) < LOST
    return np.where(lost, np.nan, rows)


def _score(algorithm: str, rows: NDArray, truth: NDArray[np.intp], seed: int) -> float:
    fitted = clustering.load(algorithm).fit(rows, k=10, seed=seed)
    return float(adjusted_rand_score(truth, fitted.labels))
