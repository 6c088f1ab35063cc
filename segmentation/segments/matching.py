"""Who is who: the clusters of a new run matched to those of the one before by the members they share."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import AbstractBitMap
from scipy.optimize import linear_sum_assignment

# A cluster keeps its key when it shares at least this part of its members with its former self (Dice: twice the
# shared members over the sum of both sizes).
ENOUGH = 0.5
# A cluster came apart when two or more new ones each took this part of it.
PIECE = 0.3
# Clusters came together when a new one took most of two or more.
MOST = 0.5
NOBODY = -1


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


def lineage(
    before: Mapping[str, AbstractBitMap], now: Mapping[str, AbstractBitMap]
) -> list[dict[str, Any]]:  # fmt: skip
    """What became of the clusters: split, merged, new and gone ones, each with its keys; nothing of those that stayed.

    >>> from pyroaring import BitMap
    >>> lineage({"c1": BitMap([1, 2, 3, 4])}, {"c1": BitMap([1, 2]), "c2": BitMap([3, 4])})
    [{'what': 'split', 'from': ['c1'], 'into': ['c1', 'c2']}]
    """
    told: list[dict[str, Any]] = []
    explained: set[str] = set()
    for old, members in before.items():
        pieces = [new for new, group in now.items() if _part(members, group) >= PIECE]
        if len(pieces) > 1 and set(pieces) - before.keys():
            told.append({"what": "split", "from": [old], "into": pieces})
            explained |= set(pieces)
    for new, group in now.items():
        parents = [old for old, members in before.items() if _part(members, group) >= MOST]
        if len(parents) > 1:
            told.append({"what": "merged", "from": parents, "into": [new]})
            explained |= {*parents, new}
    told += [{"what": "new", "from": [], "into": [key]} for key in now if key not in before and key not in explained]
    return told + [
        {"what": "gone", "from": [key], "into": []} for key in before if key not in now and key not in explained
    ]


def _part(of: AbstractBitMap, group: AbstractBitMap) -> float:
    return of.intersection_cardinality(group) / max(1, len(of))


def places(ids: NDArray[np.uint32], groups: Sequence[AbstractBitMap]) -> NDArray[np.intp]:
    """For each customer the place of the group that has it, or -1.

    >>> from pyroaring import BitMap
    >>> places(np.array([3, 1, 2], np.uint32), [BitMap([1]), BitMap([2, 9])]).tolist()
    [-1, 0, 1]
    """
    table = np.full(int(ids.max(initial=0)) + 1, NOBODY, dtype=np.intp)
    for place, group in enumerate(groups):
        members = np.array(group.to_array() if hasattr(group, "to_array") else list(group), dtype=np.int64)
        table[members[members < len(table)]] = place
    return table[ids]


def migration(before: NDArray[np.intp], now: NDArray[np.intp], olds: int, news: int) -> NDArray[np.int64]:
    """How many customers went from each old group (row) to each new one (column); the last of both is nobody's."""
    old, new = np.where(before < 0, olds, before), np.where(now < 0, news, now)
    return np.bincount(old * (news + 1) + new, minlength=(olds + 1) * (news + 1)).reshape(olds + 1, news + 1)
