"""A trait of the customer, as it is now."""

from collections.abc import Mapping
from typing import Any

from segmentation.rules.catalog import Catalog, Field
from segmentation.rules.fields import FieldPredicate
from segmentation.rules.rows import Person
from segmentation.rules.vocabulary import CUSTOMERS


class Trait(FieldPredicate):
    """{"trait": "country", "op": "is", "value": "CN"}"""

    table = CUSTOMERS

    def fields(self, catalog: Catalog) -> Mapping[str, Field]:
        return catalog.traits

    def values(self, person: Person) -> Mapping[str, Any]:
        return person.traits
