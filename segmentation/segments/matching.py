"""Who is who: the clusters of a new run matched to those of the one before by the members they share."""

from collections.abc import Mapping, Sequence

import numpy as np
from pyroaring import AbstractBitMap
from scipy.optimize import linear_sum_assignment

# A cluster keeps its key when it shares at least this part of its members with its former self (Dice: twice the
# shared members over the sum of both sizes).
ENOUGH = 0.5


def keep_keys(
    before: Mapping[str, AbstractBitMap], now: Sequence[AbstractBitMap], *, used: Sequence[str] = ()
) -> list[str]:
    """A key for each cluster of `now`: that of the one it continues, or a new one, never used before.

    >>> from pyroaring import BitMap
    >>> keep_keys({"c1": BitMap([1, 2, 3]), "c2": BitMap([4, 5])}, [BitMap([4, 5]), BitMap([1, 2]), BitMap([3, 6, 7])])
    ['c2', 'c1', 'c3']
    """
    kept = _matched(before, now)
    taken = max((int(key[1:]) for key in {*before, *used} if key[1:].isdigit()), default=0)
    fresh = iter(range(taken + 1, taken + 1 + len(now)))
    return [kept.get(i) or f"c{next(fresh)}" for i in range(len(now))]


def likeness(before: Mapping[str, AbstractBitMap], now: Sequence[AbstractBitMap]) -> np.ndarray:
    """Dice of every old cluster (row) with every new one (column)."""
    return np.array(
        [
            [2 * old.intersection_cardinality(new) / max(1, len(old) + len(new)) for new in now]
            for old in before.values()
        ]
    ).reshape(len(before), len(now))


def _matched(before: Mapping[str, AbstractBitMap], now: Sequence[AbstractBitMap]) -> dict[int, str]:
    alike = likeness(before, now)
    keys = list(before)
    pairs = zip(*linear_sum_assignment(alike, maximize=True), strict=True)
    return {int(new): keys[old] for old, new in pairs if alike[old, new] >= ENOUGH}
