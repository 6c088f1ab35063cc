"""Sums that come out the same whatever the order: whole millionths, added exactly.

Adding floats depends on their order, and 0.1 + 0.2 is not 0.3; sums of money should be neither. So every number
that is added counts as its nearest millionth, and what is compared with a sum does as well.
"""

import math
from fractions import Fraction

UNIT = 1_000_000
# Keeps the millionths of an added number within 64 bits. Larger ones count as this much.
LARGEST_ADDED = 1e12


def millionths(number: float) -> int:
    """The number in whole millionths, half up.

    >>> millionths(0.1) + millionths(0.2) == millionths(0.3)
    True
    """
    if abs(number) > LARGEST_ADDED:  # too large for floats to hold its millionths
        return math.floor(Fraction(number) * UNIT + Fraction(1, 2))
    return math.floor(number * UNIT + 0.5)


def added(number: float) -> Fraction:
    """The number as a sum takes it."""
    return Fraction(millionths(min(max(number, -LARGEST_ADDED), LARGEST_ADDED)), UNIT)


def compared(number: float) -> Fraction:
    """The number as it is compared with a sum."""
    return Fraction(millionths(number), UNIT)
