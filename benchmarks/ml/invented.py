"""Customers made up, in the form in which the kinds of tags get them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from segmentation.rules.catalog import NUMBER, Labels
from segmentation.tags.kinds.base import Context, FeatureColumn, Frame

AS_OF = datetime(2026, 3, 17, 1, tzinfo=UTC)


def context(rows: NDArray, *, seed: int = 0) -> Context:
    """Customers 1, 2, 3 …, whose features f0, f1, f2 … are the columns of `rows`, of the unit of a share."""
    ids = np.arange(1, len(rows) + 1, dtype=np.uint32)

    def features(keys: Sequence[str]) -> Frame:
        columns = {
            key: FeatureColumn(key, NUMBER, "share", Labels(key, key), rows[:, int(key[1:])].astype(np.float64))
            for key in keys
        }
        return Frame(ids, columns)

    return Context(AS_OF, seed, BitMap(ids), answer=_nothing, features=features, items=_nothing)


def _nothing(*asked: object) -> Any:
    raise NotImplementedError(f"invented customers answer no {asked}")
