"""A computed feature of the customer, of the newest base date up to the moment."""

from collections.abc import Mapping
from typing import Any

from segmentation.rules.catalog import Catalog, Field
from segmentation.rules.fields import FieldPredicate
from segmentation.rules.rows import Person
from segmentation.rules.vocabulary import FEATURES


class Feature(FieldPredicate):
    """{"feature": "monetary", "op": "at_least", "value": 500}"""

    table = FEATURES

    def fields(self, catalog: Catalog) -> Mapping[str, Field]:
        return catalog.features

    def values(self, person: Person) -> Mapping[str, Any]:
        return person.features
