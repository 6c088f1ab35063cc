"""What a set is made of: its share of each tag value beside everybody's."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pyroaring import BitMap

from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.selectors import named_sets

# Differences of fewer percentage points say nothing.
LEAST = 0.02


@dataclass(frozen=True)
class Part:
    """A tag value in a set: how many have it, of how many, and what share of everybody has it."""

    named_set: NamedSet
    customers: int
    share: float
    share_of_all: float

    @property
    def times(self) -> float | None:
        """How many times as frequent as among everybody; None where nobody has it."""
        return self.share / self.share_of_all if self.share_of_all else None

    @property
    def difference(self) -> float:
        return self.share - self.share_of_all


def breakdown(members: BitMap, everybody: int) -> list[Part]:
    """Each tag value's share of these customers, in the order of the tags and their values."""
    computed = [one for one in named_sets(NamedSet.Kind.TAG_VALUE) if one.current_id]
    sets = store.current_many((one.kind, one.key, one.value) for one in computed)
    return [_part(one, sets[one.kind, one.key, one.value], members, everybody) for one in computed]


def by_tag(parts: Iterable[Part]) -> dict[str, list[Part]]:
    """The parts by the key of their tag."""
    return {key: list(group) for key, group in groupby(parts, key=lambda part: part.named_set.key)}


def most_telling(parts: Iterable[Part], *, most: int = 8) -> list[Part]:
    """The values in which the set differs most from everybody, the largest difference first."""
    telling = [part for part in parts if abs(part.difference) >= LEAST]
    return sorted(telling, key=lambda part: -abs(part.difference))[:most]


def _part(named_set: NamedSet, having: BitMap, members: BitMap, everybody: int) -> Part:
    both = having.intersection_cardinality(members)
    size = len(members)
    return Part(named_set, both, both / size if size else 0.0, len(having) / everybody if everybody else 0.0)
