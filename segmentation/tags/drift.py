"""How far two spreads of scores lie apart: what a prediction keeps of its scores, to be compared with the next run."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# From these on customers score otherwise than before: a little, much (population stability index; Siddiqi 2006).
SOME, MUCH = 0.1, 0.25
SHARES = np.linspace(0, 1, 21)
MONEY = np.concatenate([[0], np.geomspace(1, 1_000_000, 25)])
# What an empty bin counts, so that a first customer in it is no infinite surprise.
LEAST = 1e-4


def spread_of(scores: NDArray[np.floating], unit: str) -> dict[str, Any]:
    """How many scores lie between edges that are the same for every run."""
    edges = SHARES if unit == "share" else MONEY
    counts, _ = np.histogram(np.clip(scores, edges[0], edges[-1]), edges)
    return {"edges": [round(float(edge), 4) for edge in edges], "counts": counts.tolist()}


def stability_index(before: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    """The population stability index of two spreads: 0 for the same, above .25 for quite another shop.

    >>> even, one = {"counts": [5, 5]}, {"counts": [10, 0]}
    >>> stability_index(even, even), stability_index(even, one) > 0.25
    (0.0, True)
    """
    p, q = (np.maximum(np.array(one["counts"]) / max(1, sum(one["counts"])), LEAST) for one in (before, now))
    return float(((q - p) * np.log(q / p)).sum())
