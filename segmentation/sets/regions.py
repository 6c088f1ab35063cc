"""Several sets at once, cut into the parts that no other cut divides: who is in exactly these of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyroaring import AbstractBitMap, BitMap


@dataclass(frozen=True)
class Region:
    """The customers who are in the sets at the places `inside`, and in none of the others."""

    inside: tuple[int, ...]
    members: BitMap


def regions(sets: Sequence[AbstractBitMap]) -> list[Region]:
    """Every part that holds anybody, the largest first. No customer is in two; together they are the union.

    >>> [(part.inside, len(part.members)) for part in regions([BitMap([1, 2, 3]), BitMap([3, 4])])]
    [((0,), 2), ((0, 1), 1), ((1,), 1)]
    """
    parts: list[Region] = [Region((), BitMap.union(BitMap(), *sets))]
    for place, members in enumerate(sets):
        parts = [half for part in parts for half in _halves(part, place, members)]
    return sorted(parts, key=lambda part: (-len(part.members), part.inside))


def _halves(part: Region, place: int, members: AbstractBitMap) -> list[Region]:
    halves = [Region((*part.inside, place), part.members & members), Region(part.inside, part.members - members)]
    return [half for half in halves if half.members]
