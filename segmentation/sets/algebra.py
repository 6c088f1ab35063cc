"""Sets made of sets."""

import operator
from collections.abc import Callable, Sequence
from functools import reduce

from pyroaring import AbstractBitMap, BitMap

OPERATIONS: dict[str, Callable[[BitMap, AbstractBitMap], BitMap]] = {
    "union": operator.or_,
    "intersection": operator.and_,
    "difference": operator.sub,
}


def combine(operation: str, sets: Sequence[AbstractBitMap]) -> BitMap:
    """The sets joined from left to right; "difference" takes all others from the first.

    >>> combine("difference", [BitMap([1, 2, 3]), BitMap([2]), BitMap([3])])
    BitMap([1])
    """
    if not sets:
        return BitMap()
    return reduce(OPERATIONS[operation], sets[1:], BitMap(sets[0]))
