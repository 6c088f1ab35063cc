"""A clustering's card: what it was made from, how, how good it is and what it must not be used for. Plain JSON.

With the model that the run saved beside it, it is all that another program needs to place a customer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import metadata
from typing import Any

import numpy as np

from segmentation.segments.clustering import Clustering

FORMAT = 1
LIBRARIES = ("numpy", "scipy", "scikit-learn")
# From these on a card warns of nothing.
STABLE, SEPARATED, FAITHFUL, OUTLIERS, MISSING = 0.6, 0.1, 0.8, 0.2, 0.2


def card(
    definition: Mapping[str, Any],
    found: Clustering,
    *,
    as_of: datetime,
    seed: int,
    missing: Mapping[str, float],
    doubts: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """`missing` is the share of customers without each feature; `doubts` are those about the features."""
    quality = {
        "silhouette": round(found.quality.silhouette, 4),
        "stability": round(found.quality.stability, 4),
        "found_again": [round(share, 4) for share in found.quality.found_again],
        "surrogate_fidelity": round(found.surrogate.fidelity, 4),
        "noise_share": round(float((found.clusters.labels < 0).mean()), 4),
        "inertia": round(found.clusters.inertia, 2),
    }
    return {
        "format": FORMAT,
        "task": "clustering",
        "algorithm": found.algorithm,
        "parameters": {**definition, "k_found": found.clusters.k},
        "seed": seed,
        "as_of": as_of.isoformat(),
        "data": {
            "customers": len(found.matrix),
            "columns": list(found.model.encoder.names),
            "missing": {key: round(share, 4) for key, share in missing.items()},
            "left_out": dict(found.left_out),
            "doubts": list(doubts),
        },
        "quality": quality,
        "limits": limits(quality, missing),
        "remarks": dict(found.clusters.remarks),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }


def limits(quality: Mapping[str, Any], missing: Mapping[str, float]) -> list[str]:
    """Codes of what to be careful with."""
    told = {
        "unstable": quality["stability"] < STABLE,
        "overlapping": quality["silhouette"] < SEPARATED,
        "hard_to_explain": quality["surrogate_fidelity"] < FAITHFUL,
        "many_outliers": quality["noise_share"] > OUTLIERS,
        "much_missing": any(share > MISSING for share in missing.values()),
    }
    return [code for code, holds in told.items() if holds]


def missing_shares(columns: Mapping[str, Any]) -> dict[str, float]:
    """The share of rows without a value, by the key of a column that has `present`."""
    return {key: float(1 - np.mean(column.present)) for key, column in columns.items()}
