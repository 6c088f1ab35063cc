"""What is doubtful about features that were asked for: two that say the same, and one that is a number for a name."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.encoder import ProfileEncoder
from segmentation.segments.gaps import filled
from segmentation.segments.placing import Matrix

# From this correlation on, two features count twice what is one thing.
SAME = 0.95
# A feature that follows the order of the customers' numbers this closely is one, or tells when they were entered.
LIKE_ID = 0.99
SAMPLE = 20_000


def doubts(encoder: ProfileEncoder, matrix: Matrix, ids: NDArray[Any]) -> list[dict[str, Any]]:
    """Each doubt: what (`alike` with its correlation, `like_id`) and the features it is about."""
    some = np.random.default_rng(0).permutation(len(matrix))[:SAMPLE]
    names = {column.key: encoder.names.index(column.names[0]) for column in encoder.columns if len(column.names) <= 2}
    rows = filled(matrix[some][:, list(names.values())])
    return [*_alike(list(names), rows), *_like_id(names, rows, np.asarray(ids)[some])]


def _alike(keys: list[str], rows: Matrix) -> list[dict[str, Any]]:
    spread = rows.std(axis=0)
    scaled = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    together = scaled.T @ scaled / len(rows)
    pairs = zip(*np.nonzero(np.triu(np.abs(together) >= SAME, 1)), strict=True)
    return [
        {"what": "alike", "features": [keys[one], keys[other]], "correlation": round(float(together[one, other]), 3)}
        for one, other in pairs
    ]


def _like_id(names: Mapping[str, int], rows: Matrix, ids: NDArray[Any]) -> list[dict[str, Any]]:
    place = np.argsort(np.argsort(ids))
    found = []
    for key, column in zip(names, rows.T, strict=True):
        if len(np.unique(column)) > 0.9 * len(column) and column.std() > 0:
            rank = np.argsort(np.argsort(column))
            if abs(np.corrcoef(rank, place)[0, 1]) >= LIKE_ID:
                found.append({"what": "like_id", "features": [key]})
    return found
