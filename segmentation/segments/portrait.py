"""What a clustering looks like: how its groups differ, who is typical of each, a map and a heat map."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.algorithms.base import ROWS_AT_ONCE, Clusters, Matrix, means
from segmentation.segments.clustering import Clustering
from segmentation.segments.gaps import filled
from segmentation.segments.placing import squared_distances

# Points of the map, typical customers of a group, and how many differences a group's card tells.
MAP_POINTS = 2_000
# The map's directions are those of a sample of this size.
MAP_SAMPLE = 100_000
EXEMPLARS = 3
DIFFERENCES = 5

# Features as they are, before encoding; a missing number is NaN.
Raw = Mapping[str, NDArray[Any]]


def away(matrix: Matrix, clusters: Clusters) -> Matrix:
    """How far each group's mean (row) lies from everybody's, in standard deviations of the column."""
    whole = filled(matrix)
    average = whole.mean(axis=0)
    squares = np.zeros(len(average))
    for begin in range(0, len(whole), ROWS_AT_ONCE):
        squares += ((whole[begin : begin + ROWS_AT_ONCE] - average) ** 2).sum(axis=0)
    spread = np.sqrt(squares / len(whole))
    return (means(matrix, clusters.labels, clusters.k) - average) / np.where(spread > 0, spread, 1.0)


def numeric(found: Clustering) -> list[str]:
    """The features that are numbers, in the order of `heat_map`."""
    return [column.key for column in found.model.encoder.columns if column.names[0] == column.key]


def heat_map(found: Clustering, raw: Raw) -> dict[str, Any]:
    """Each group (row) and numeric feature (column): standard deviations from everybody, and the median as it is.

    Not the mean: z is of the logarithms of money and counts, whose middle the median is, while a single large spender
    can lift a mean above everybody's in a group that spends less.
    """
    keys = numeric(found)
    places = [found.model.encoder.names.index(key) for key in keys]
    rows = [np.flatnonzero(found.clusters.labels == label) for label in range(found.clusters.k)]
    return {
        "features": keys,
        "z": [_rounded(row) for row in away(found.matrix, found.clusters)[:, places]],
        "medians": [_told([_median(raw[key][some]) for key in keys]) for some in rows],
        "overall": _told([_median(raw[key]) for key in keys]),
    }


def cards(found: Clustering, heat: Mapping[str, Any], ids: NDArray[np.uint32]) -> list[dict[str, Any]]:
    """What is told of each group: size, compactness, its largest differences from everybody (those of its heat map),
    typical customers."""
    labels = found.clusters.labels
    sizes = np.bincount(labels[labels >= 0], minlength=found.clusters.k)
    return [
        {
            "size": int(size),
            "share": round(float(size) / len(found.matrix), 4),
            "silhouette": round(found.quality.silhouettes[label], 3),
            "found_again": round(found.quality.found_again[label], 3),
            "rule": rule_of(found, label),
            "differences": _largest(heat, label),
            "exemplars": _typical(found, ids, label),
        }
        for label, size in enumerate(sizes)
    ]


def rule_of(found: Clustering, label: int) -> dict[str, Any]:
    """The group as a rule that a person can read: ways into it, how many of those it names are right (precision), and
    how many of the group it names (recall)."""
    paths = found.surrogate.paths[label] if label < len(found.surrogate.paths) else ()
    encoder = found.model.encoder
    ways = [{"all": [encoder.condition(*question) for question in path]} for path in paths]
    return {
        "any": ways,
        "precision": round(found.surrogate.precision[label], 3),
        "recall": round(found.surrogate.recall[label], 3),
    }


def noise_card(found: Clustering) -> dict[str, Any]:
    """What is told of the customers who are in no group."""
    size = int((found.clusters.labels < 0).sum())
    return {"size": size, "share": round(size / len(found.matrix), 4), "silhouette": None, "noise": True}


def plane(found: Clustering, ids: NDArray[np.uint32], *, seed: int) -> dict[str, Any]:
    """The map: customers and centres on the two directions in which they differ most (principal components).

    A point is [x, y, group, customer]; `explained` is each direction's share of all differences.
    """
    matrix, clusters = found.matrix, found.clusters
    order = np.random.default_rng(seed).permutation(len(matrix))
    some, drawn = filled(matrix[order[:MAP_SAMPLE]]), order[:MAP_POINTS]
    mean = some.mean(axis=0)
    _, values, directions = np.linalg.svd(np.atleast_2d(np.cov((some - mean).T, ddof=0)))
    axes = _upright(directions[:2])
    points = (some[: len(drawn)] - mean) @ axes.T
    return {
        "points": [
            [*_rounded(xy), int(clusters.labels[row]), int(ids[row])] for row, xy in zip(drawn, points, strict=True)
        ],
        "centres": [_rounded(xy) for xy in (clusters.centres - mean) @ axes.T],
        "explained": _rounded(values[:2] / values.sum()),
    }


def _largest(heat: Mapping[str, Any], label: int) -> list[dict[str, Any]]:
    """The features farthest from everybody, of those whose medians lie apart in the same direction: the others cannot
    be told by a figure beside everybody's."""
    told = [
        {"feature": key, "z": z, "median": median, "overall": overall}
        for key, z, median, overall in zip(
            heat["features"], heat["z"][label], heat["medians"][label], heat["overall"], strict=True
        )
        if median is not None and overall is not None and (median - overall) * z > 0
    ]
    return sorted(told, key=lambda difference: -abs(difference["z"]))[:DIFFERENCES]


def _typical(found: Clustering, ids: NDArray[np.uint32], label: int) -> list[int]:
    """The customers nearest to the centre, the nearest first."""
    rows = np.flatnonzero(found.clusters.labels == label)
    distances = np.empty(len(rows))
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(begin, begin + ROWS_AT_ONCE)
        distances[some] = squared_distances(found.matrix[rows[some]], found.clusters.centres[[label]])[:, 0]
    return [int(ids[row]) for row in rows[np.argsort(distances, kind="stable")[:EXEMPLARS]]]


def _upright(directions: Matrix) -> Matrix:
    """Directions with their largest part positive, so that the map is never mirrored; always two of them."""
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    upright = directions * signs[:, None]
    return upright if len(upright) == 2 else np.vstack([upright, np.zeros_like(upright[0])])


def _median(values: NDArray[Any]) -> float:
    """The middle of the numbers there are; NaN without any."""
    present = values[~np.isnan(values)]
    return float(np.median(present)) if len(present) else np.nan


def _told(numbers: Iterable[float]) -> list[float | None]:
    return [None if np.isnan(number) else round(float(number), 4) for number in numbers]


def _rounded(numbers: Matrix) -> list[float]:
    return [round(float(number), 4) for number in numbers]
