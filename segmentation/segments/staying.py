"""Groups from one run to the next: who stays although the border moved, who went where, and whether that is much.

A customer near a border would change sides with every breath. So one moves only when the lead of the new group is
clear, or when two runs in a row say so.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import AbstractBitMap, BitMap

from segmentation.segments.algorithms.base import means
from segmentation.segments.matching import lineage, migration, places
from segmentation.segments.placing import Labels, Matrix

# The lead over the next group, as a part of the distance to it, below which a customer is near the border.
CLEAR = 0.05
# More than so many times the usual share of movers is worth a warning; below this share it never is.
UNUSUAL, NEVER = 3.0, 0.01
REMEMBERED = 10
# A feature whose mean is this many standard deviations from where it was has drifted.
DRIFTED = 0.25


@dataclass(frozen=True)
class Stayed:
    """The groups after holding back: `labels`, and who waits for a second run to say the same, by the group's key."""

    labels: Labels
    waiting: Mapping[str, BitMap]
    held: int


def hold_back(
    ids: NDArray[np.uint32],
    labels: Labels,
    margins: Matrix,
    keys: Sequence[str],
    *,
    before: Mapping[str, AbstractBitMap],
    waited: Mapping[str, AbstractBitMap],
) -> Stayed:
    """Customers who would cross a border by less than a clear lead stay where they were, the first time.

    `keys[label]` is the group's key; `waited` is who was held back from which group in the run before.
    """
    stays = [place for place, key in enumerate(keys) if key in before]
    was = places(ids, [before[keys[place]] for place in stays])
    was = np.where(was >= 0, np.array([*stays, 0])[was], -1)
    border = (was >= 0) & (labels >= 0) & (was != labels) & (margins <= CLEAR)
    again = places(ids, [waited.get(key, BitMap()) for key in keys]) == labels
    held = border & ~again
    waiting = {key: BitMap(ids[held & (labels == place)]) for place, key in enumerate(keys)}
    return Stayed(np.where(held, was, labels), {key: who for key, who in waiting.items() if who}, int(held.sum()))


def movement(
    before: Mapping[str, AbstractBitMap], now: Mapping[str, AbstractBitMap], ids: NDArray[np.uint32]
) -> dict[str, Any]:
    """Who went where: the migration matrix with its keys ("" is in no group), the share who moved, and the lineage.

    A mover was in one group and is in another now; who comes or goes altogether is none.
    """
    olds, news = list(before), list(now)
    everybody = np.array(BitMap.union(BitMap(ids), *before.values()), dtype=np.uint32)
    was, goes = places(everybody, list(before.values())), places(everybody, list(now.values()))
    both = (was >= 0) & (goes >= 0)
    same = np.array([*(news.index(key) if key in now else -2 for key in olds), -2])[was] == goes
    moved = int((both & ~same).sum())
    return {
        "from": [*olds, ""],
        "to": [*news, ""],
        "counts": migration(was, goes, len(olds), len(news)).tolist(),
        "moved": moved,
        "share": round(moved / max(1, int(both.sum())), 5),
        "lineage": lineage(before, now),
    }


def alarm(share: float, usual: Sequence[float]) -> dict[str, Any]:
    """Whether so many movers are more than usual: the shares of earlier runs, their median, and the verdict."""
    middle = median(usual) if usual else None
    loud = middle is not None and share > max(NEVER, UNUSUAL * middle)
    return {"shares": [*usual, share][-REMEMBERED:], "usual": middle, "alarm": loud}


def drifted(names: Sequence[str], matrix: Matrix) -> list[dict[str, Any]]:
    """Features whose mean has left its place, in standard deviations of the first run (whose mean was 0)."""
    averages = means(matrix, np.zeros(len(matrix), dtype=np.intp), 1)[0]
    return [
        {"feature": name, "away": round(float(away), 3)}
        for name, away in zip(names, averages, strict=True)
        if abs(away) >= DRIFTED
    ]


def packed(sets: Mapping[str, BitMap]) -> dict[str, str]:
    """Sets as text, to be kept with a run."""
    return {key: base64.b64encode(members.serialize()).decode() for key, members in sets.items()}


def unpacked(texts: Mapping[str, str]) -> dict[str, BitMap]:
    """Sets as `packed` wrote them."""
    return {key: BitMap.deserialize(base64.b64decode(text)) for key, text in texts.items()}
