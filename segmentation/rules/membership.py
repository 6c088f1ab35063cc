"""The shared half of predicates about belonging to one named set: segments, audiences."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules.catalog import Catalog, Group
from segmentation.rules.days import Moment
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import MembershipLeaf
from segmentation.rules.predicates.base import Memberships, Predicate
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.vocabulary import Lookup, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


class MembershipPredicate(Predicate):
    """Being in the set."""

    @abstractmethod
    def groups(self, catalog: Catalog) -> Mapping[str, Group]:
        """The sets there are, by key."""

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> MembershipLeaf | None:
        if not reading.keys(document, path, (self.key,)):
            return None
        group = reading.name(document[self.key], f"{path}.{self.key}", self.groups(reading.catalog), self.key)
        return None if group is None else MembershipLeaf(self.key, group.key)

    def write(self, leaf: MembershipLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        return {self.key: leaf.key}

    def references(self, leaf: MembershipLeaf) -> set[tuple[str, str]]:
        return {(self.key, leaf.key)}

    def holds(self, leaf: MembershipLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        return person.id in memberships[self.key, leaf.key, ""]

    def evidence(self, leaf: MembershipLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        return Evidence(self.holds(leaf, person, moment, memberships))

    def question(self, leaf: MembershipLeaf, v: Vocabulary, moment: Moment) -> Lookup:
        return Lookup(any_of=((self.key, leaf.key, ""),))

    def words(self, leaf: MembershipLeaf, telling: "Telling") -> str:
        return telling.member(self.key, self.groups(telling.catalog).get(leaf.key, Group(leaf.key)))

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {self.key: {"type": "string"}},
            "required": [self.key],
            "additionalProperties": False,
        }
