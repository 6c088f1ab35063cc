"""Which tags, and which segments, are the same customers under two names."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from pyroaring import AbstractBitMap

from segmentation.sets.overlap import overlap

# Jaccard from which two sets are taken for one, and the customers below which likeness says nothing.
ALIKE, FEWEST = 0.95, 10

Sets = Sequence[AbstractBitMap]


def twins(assets: Mapping[str, Sets]) -> list[tuple[str, str, float]]:
    """Pairs of assets with the lowest Jaccard between their sets, the likeliest first.

    Each value of one needs a twin among the values of the other; values of nobody are left out. An asset with fewer
    than `FEWEST` customers in all has no twin.
    """
    told = {key: [one for one in sets if one] for key, sets in assets.items()}
    told = {key: sets for key, sets in told.items() if sum(map(len, sets)) >= FEWEST}
    found = []
    for (first, left), (second, right) in combinations(told.items(), 2):
        if (likeness := _likeness(left, right)) >= ALIKE:
            found.append((first, second, likeness))
    return sorted(found, key=lambda pair: -pair[2])


def _likeness(left: Sets, right: Sets) -> float:
    """The lowest Jaccard of values matched by size; 0 as soon as one has no twin.

    Twins differ little in size, so matching the sorted sizes first spares most intersections.
    """
    if len(left) != len(right):
        return 0.0
    lefts, rights = sorted(left, key=len), sorted(right, key=len)
    if any(len(a) < ALIKE * len(b) or len(b) < ALIKE * len(a) for a, b in zip(lefts, rights, strict=True)):
        return 0.0
    lowest, free = 1.0, list(rights)
    for one in lefts:
        best = max(free, key=lambda other: overlap(one, other).jaccard)
        lowest = min(lowest, overlap(one, best).jaccard)
        if lowest < ALIKE:
            return 0.0
        free.remove(best)
    return lowest
