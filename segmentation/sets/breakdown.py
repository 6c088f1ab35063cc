"""What a set is made of: its share of each tag value beside everybody's."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

from pyroaring import AbstractBitMap, BitMap

from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.selectors import named_sets

# Differences of fewer percentage points say nothing.
LEAST = 0.02
# Of the normal distribution, for 95 in 100.
Z = 1.959964


@dataclass(frozen=True)
class Part:
    """A tag value in a set: how many have it, of how many, and what share of everybody has it."""

    named_set: NamedSet
    customers: int
    share: float
    share_of_all: float
    size: int

    @property
    def times(self) -> float | None:
        """How many times as frequent as among everybody; None where nobody has it."""
        return self.share / self.share_of_all if self.share_of_all else None

    @property
    def times_interval(self) -> tuple[float, float] | None:
        """The bounds of `times` for 95 in 100 groups of this size drawn like this one (Wilson 1927)."""
        if not self.share_of_all or not self.size:
            return None
        low, high = wilson(self.customers, self.size)
        return low / self.share_of_all, high / self.share_of_all

    @property
    def is_clear(self) -> bool:
        """Whether chance alone hardly makes it: the interval leaves out 1."""
        bounds = self.times_interval
        return bounds is not None and not bounds[0] <= 1 <= bounds[1]

    @property
    def difference(self) -> float:
        return self.share - self.share_of_all


def breakdown(members: AbstractBitMap, everybody: int) -> list[Part]:
    """Each tag value's share of these customers, in the order of the tags and their values."""
    computed = [one for one in named_sets(NamedSet.Kind.TAG_VALUE) if one.current_id]
    sets = store.current_many((one.kind, one.key, one.value) for one in computed)
    return [_part(one, sets[one.kind, one.key, one.value], members, everybody) for one in computed]


def breakdown_in(members: AbstractBitMap, base: AbstractBitMap, tags: Collection[str]) -> list[Part]:
    """The same of some tags, beside those in the base instead of everybody."""
    rows = [one for one in named_sets(NamedSet.Kind.TAG_VALUE) if one.current_id and one.key in tags]
    sets = store.current_many((one.kind, one.key, one.value) for one in rows)
    return [_part(one, sets[one.kind, one.key, one.value] & base, members, len(base)) for one in rows]


def by_tag(parts: Iterable[Part]) -> dict[str, list[Part]]:
    """The parts by the key of their tag."""
    return {key: list(group) for key, group in groupby(parts, key=lambda part: part.named_set.key)}


def most_telling(parts: Iterable[Part], *, most: int = 8) -> list[Part]:
    """The values in which the set differs most from everybody, the largest difference first."""
    telling = [part for part in parts if abs(part.difference) >= LEAST]
    return sorted(telling, key=lambda part: -abs(part.difference))[:most]


def _part(named_set: NamedSet, having: BitMap, members: AbstractBitMap, everybody: int) -> Part:
    both = having.intersection_cardinality(members)
    size = len(members)
    share_of_all = len(having) / everybody if everybody else 0.0
    return Part(named_set, both, both / size if size else 0.0, share_of_all, size)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of `hits` in `n` > 0: score interval of Wilson (1927).

    >>> [round(bound, 4) for bound in wilson(15, 50)]
    [0.191, 0.4375]
    """
    share, middle = hits / n, Z * Z / (2 * n)
    spread = Z * sqrt(share * (1 - share) / n + middle / (2 * n))
    return max(0.0, (share + middle - spread) / (1 + 2 * middle)), min(
        1.0, (share + middle + spread) / (1 + 2 * middle)
    )
