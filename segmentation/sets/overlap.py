"""How sets lie to each other: counts and likeness of pairs."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyroaring import AbstractBitMap


@dataclass(frozen=True)
class Overlap:
    """Two sets side by side, as numbers of customers."""

    left: int
    right: int
    both: int

    @property
    def either(self) -> int:
        return self.left + self.right - self.both

    @property
    def only_left(self) -> int:
        return self.left - self.both

    @property
    def only_right(self) -> int:
        return self.right - self.both

    @property
    def jaccard(self) -> float:
        """Share of both in either, 0 to 1; two empty sets are equal, so 1."""
        return self.both / self.either if self.either else 1.0


def overlap(left: AbstractBitMap, right: AbstractBitMap) -> Overlap:
    """The two sets compared.

    >>> from pyroaring import BitMap
    >>> overlap(BitMap([1, 2, 3]), BitMap([3, 4])).jaccard
    0.25
    """
    return Overlap(len(left), len(right), left.intersection_cardinality(right))


def overlaps(sets: Mapping[str, AbstractBitMap]) -> dict[tuple[str, str], Overlap]:
    """Every set compared with every set, itself included: the cells of a heat map."""
    return {(a, b): overlap(left, right) for a, left in sets.items() for b, right in sets.items()}
