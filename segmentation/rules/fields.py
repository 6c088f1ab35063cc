"""The shared half of predicates about one value of a customer: traits, features."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import comparison
from segmentation.rules.catalog import Catalog, Field
from segmentation.rules.days import Moment
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import FieldLeaf
from segmentation.rules.predicates.base import Memberships, Predicate
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.schema_parts import comparison_schema
from segmentation.rules.values import is_missing
from segmentation.rules.vocabulary import Search, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


class FieldPredicate(Predicate):
    """Compares one value of a customer."""

    @abstractmethod
    def fields(self, catalog: Catalog) -> Mapping[str, Field]:
        """What there is, by name."""

    @abstractmethod
    def values(self, person: Person) -> Mapping[str, Any]:
        """The values of one customer, by column."""

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> FieldLeaf | None:
        known = reading.keys(document, path, (self.key,), comparison.KEYS)
        names = self.fields(reading.catalog)
        field = reading.name(document[self.key], f"{path}.{self.key}", names, self.key) if known else None
        if field is None:
            return None
        judged = comparison.read_comparison(reading, document, path, type=field.type, name=field.name)
        return None if judged is None else FieldLeaf(self.key, field, judged)

    def write(self, leaf: FieldLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        return {self.key: leaf.field.name, **comparison.write_comparison(leaf.comparison, timezone)}

    def holds(self, leaf: FieldLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        return comparison.judge(leaf.comparison, self.values(person).get(leaf.field.column), leaf.field.type, moment)

    def evidence(self, leaf: FieldLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        value = self.values(person).get(leaf.field.column)
        return Evidence(None if is_missing(value) else value, comparison=leaf.comparison)

    def question(self, leaf: FieldLeaf, v: Vocabulary, moment: Moment) -> Search:
        """Customers without a value may have no row at all, so those are found as the rest of the others."""
        test = comparison.expression(v, leaf.comparison, v.column(leaf.field), leaf.field.type, moment)
        rest = comparison.holds_for_missing(leaf.comparison)
        return Search(self.table, where=v.negated(test) if rest else test, complement=rest)

    def words(self, leaf: FieldLeaf, telling: "Telling") -> str:
        return telling.sentence(telling.field(leaf.field), comparison.words(leaf.comparison, leaf.field.type, telling))

    def schema(self) -> dict[str, Any]:
        return comparison_schema({self.key: {"type": "string"}}, needed=[self.key, "op"])
