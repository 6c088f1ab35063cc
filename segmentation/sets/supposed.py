"""Sets as they would be: some supposed, the rest as readers see them."""

from collections.abc import Iterator, Mapping

from pyroaring import BitMap

from segmentation.rules.origins import split
from segmentation.rules.vocabulary import Reference
from segmentation.sets.answers import CurrentSets


class SupposedSets(Mapping[Reference, BitMap]):
    """What rules refer to while a change is only tried. A tag that is supposed is so with all its values.

    >>> sets = SupposedSets({("tag", "age", "young"): BitMap([1])}, names={("tag", "age")})
    >>> sets["tag", "age", "young"], sets["tag", "age", "a value that the change takes away"]
    (BitMap([1]), BitMap([]))
    """

    def __init__(self, supposed: Mapping[Reference, BitMap], *, names: set[tuple[str, str]]) -> None:
        self._supposed = supposed
        self._names = names
        self._others = CurrentSets()

    def __getitem__(self, name: Reference) -> BitMap:
        if self._is_supposed(name):
            return self._supposed.get(name, BitMap())
        return self._others[name]

    def __iter__(self) -> Iterator[Reference]:
        yield from self._supposed
        yield from (name for name in self._others if not self._is_supposed(name))

    def __len__(self) -> int:
        return sum(1 for _name in self)

    def _is_supposed(self, name: Reference) -> bool:
        """With whatever origin is asked for."""
        return (split(name[0])[0], name[1]) in self._names
