"""The published JSON Schema of rules.

It knows the language, not the shop: whether a trait exists and an operator suits its type is `parse`'s to say.
"""

from typing import Any

from customers.plugins import load_all
from segmentation.rules.parse import PREDICATES, VERSION
from segmentation.rules.populations import base_schema
from segmentation.rules.predicates.base import Predicate
from segmentation.rules.schema_parts import definitions, tree_definition


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of rules of this version."""
    predicates = load_all(PREDICATES, Predicate)
    leaves = [predicate.schema() for predicate in predicates.values()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SegTag rule",
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "base": base_schema(),
            "timezone": {"type": "string"},
            "rule": {"$ref": "#/$defs/node"},
        },
        "required": ["version", "rule"],
        "additionalProperties": False,
        "$defs": {**definitions(), "node": tree_definition("node", leaves)},
    }
