"""The value, or values, that a tag gives the customer."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import comparison
from segmentation.rules.catalog import TEXT, Group
from segmentation.rules.days import Moment
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import TagLeaf
from segmentation.rules.origins import ORIGINS, reference
from segmentation.rules.predicates.base import Memberships, Predicate
from segmentation.rules.reading import MOST_VALUES, Reading
from segmentation.rules.rows import Person
from segmentation.rules.schema_parts import comparison_schema
from segmentation.rules.vocabulary import Lookup, Reference, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

OPERATORS = ("is", "is_not", "one_of", "not_one_of", "is_present", "is_missing")


class Tag(Predicate):
    """{"tag": "spending-power", "op": "one_of", "value": ["high", "medium"]}

    A customer may have several values of a tag: `is` asks for one that is the operand, `is_not` for none that is.
    With "origin": ["by_hand", "imported"] only values that the customer has from there are looked at.
    """

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> TagLeaf | None:
        if not reading.keys(document, path, ("tag",), ("op", "value", "missing", "origin")):
            return None
        tag = reading.name(document["tag"], f"{path}.tag", reading.catalog.tags, "tag")
        if tag is None:
            return None
        judged = comparison.read_comparison(reading, document, path, type=TEXT, name=tag.key, only=OPERATORS)
        if judged is None:
            return None
        self._check_values(reading, document.get("value"), f"{path}.value", tag)
        return TagLeaf("tag", tag.key, judged, tuple(tag.values), self._read_origins(reading, document, path))

    def _read_origins(self, reading: Reading, document: dict[str, Any], path: str) -> tuple[str, ...]:
        raw = reading.sequence(document["origin"], f"{path}.origin") if "origin" in document else None
        named = [reading.choice(one, f"{path}.origin[{n}]", ORIGINS) for n, one in enumerate(raw or ())]
        return tuple(origin for origin in ORIGINS if origin in named)

    def _check_values(self, reading: Reading, raw: object, path: str, tag: Group) -> None:
        if isinstance(raw, str):
            reading.name(raw, path, tag.values, "value of the tag")
        for place, value in enumerate(raw if isinstance(raw, list) else ()):
            reading.name(value, f"{path}[{place}]", tag.values, "value of the tag")

    def write(self, leaf: TagLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        written = {"tag": leaf.key, **comparison.write_comparison(leaf.comparison, timezone)}
        return {**written, "origin": list(leaf.origins)} if leaf.origins else written

    def references(self, leaf: TagLeaf) -> set[tuple[str, str]]:
        return {("tag", leaf.key)}

    def holds(self, leaf: TagLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        """Negative comparisons hold for a customer if they do for each of the values."""
        judged = leaf.comparison
        values = self._values(leaf, person, memberships)
        if not values:
            return comparison.holds_for_missing(judged)
        every = all if comparison.operator(judged.op).negative else any
        return every(comparison.judge(judged, value, TEXT, moment) for value in values)

    def _values(self, leaf: TagLeaf, person: Person, memberships: Memberships) -> tuple[str, ...]:
        return tuple(
            value for value in leaf.values if any(person.id in memberships[name] for name in self._sets(leaf, (value,)))
        )

    def evidence(self, leaf: TagLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        return Evidence(self._values(leaf, person, memberships) or None, comparison=leaf.comparison)

    def question(self, leaf: TagLeaf, v: Vocabulary, moment: Moment) -> Lookup:
        judged = leaf.comparison
        op = comparison.operator(judged.op)
        every = self._sets(leaf, leaf.values)
        operand = judged.operand if isinstance(judged.operand, tuple) else (judged.operand,)
        chosen = every if judged.operand is None else self._sets(leaf, operand)
        if comparison.holds_for_missing(judged):
            return Lookup(any_of=chosen, complement=True)
        return Lookup(any_of=every, none_of=chosen) if op.negative else Lookup(any_of=chosen)

    def _sets(self, leaf: TagLeaf, values: tuple[str, ...]) -> tuple[Reference, ...]:
        return tuple(reference(leaf.key, value, origin) for value in values for origin in leaf.origins or ("",))

    def words(self, leaf: TagLeaf, telling: "Telling") -> str:
        tag = telling.catalog.tags.get(leaf.key, Group(leaf.key))
        labelled = telling.with_labels(leaf.comparison, tag)
        return telling.sentence(telling.tag(tag, leaf.origins), comparison.words(labelled, TEXT, telling))

    def schema(self) -> dict[str, Any]:
        origin = {"type": "array", "items": {"enum": list(ORIGINS)}, "minItems": 1, "maxItems": MOST_VALUES}
        parts: dict[str, dict[str, Any]] = {"tag": {"type": "string"}, "origin": origin}
        return comparison_schema(parts, needed=["tag", "op"], only=OPERATORS, fold=False)
