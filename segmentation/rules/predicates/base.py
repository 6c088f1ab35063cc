"""The contract of predicates. To add one, copy a neighbour and give it a case in tests/contracts/test_predicates.py."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from segmentation.rules.days import Moment
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Leaf
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.vocabulary import Question, Reference, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

# The customers of the sets that a rule refers to; anything that knows `in`.
Memberships = Mapping[Reference, Any]


class Predicate(ABC):
    """A kind of leaf, from its document to its customers."""

    # Table of the lake that it asks; none if it asks for sets.
    table: ClassVar[str] = ""

    @property
    def key(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def read(self, reading: Reading, document: dict[str, Any], path: str) -> Leaf | None:
        """The leaf from JSON; None with problems noted."""

    @abstractmethod
    def write(self, leaf: Any, timezone: ZoneInfo) -> dict[str, Any]:
        """The leaf as JSON, everything stated."""

    def references(self, leaf: Any) -> set[tuple[str, str]]:
        """Kind and key of what the leaf refers to: tag, segment, audience."""
        return set()

    @abstractmethod
    def holds(self, leaf: Any, person: Person, moment: Moment, memberships: Memberships) -> bool:
        """The meaning, in plain Python."""

    def evidence(self, leaf: Any, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        """What `holds` goes by."""
        return Evidence()

    @abstractmethod
    def question(self, leaf: Any, v: Vocabulary, moment: Moment) -> Question:
        """The same as a question to an engine."""

    @abstractmethod
    def words(self, leaf: Any, telling: "Telling") -> str:
        """The leaf in words."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the leaf's document."""
