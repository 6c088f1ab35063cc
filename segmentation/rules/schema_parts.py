"""Parts of the JSON Schema of rules: comparisons, groups, measures, as each operator and measure tells of itself."""

from collections.abc import Collection, Mapping
from typing import Any

from customers.plugins import load_all
from segmentation.rules.catalog import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, TEXT_LIST
from segmentation.rules.measures.base import Measure
from segmentation.rules.nodes import EXCLUDE, INCLUDE
from segmentation.rules.operators.base import Operator
from segmentation.rules.reading import MOST_VALUES
from segmentation.rules.trees import GROUPS
from segmentation.rules.values import DAY_FORM, INSTANT_FORM, LARGEST_NUMBER, LONGEST_TEXT
from segmentation.rules.window_documents import own_window_definition, window_definition

OPERATORS = "segmentation.rules.operators"
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "maxLength": LONGEST_TEXT}
VALUES: dict[str, Schema] = {
    NUMBER: {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
    TEXT: _TEXT,
    BOOLEAN: {"type": "boolean"},
    DATETIME: {"type": "string", "pattern": f"^{INSTANT_FORM}$"},
    DATE: {"type": "string", "pattern": f"^{DAY_FORM}$"},
    TEXT_LIST: _TEXT,
}


def comparison_schema(
    parts: Mapping[str, Schema], *, needed: Collection[str], only: Collection[str] | None = None, fold: bool = True
) -> Schema:
    """A condition that compares: its own `parts`, and the keys of a comparison."""
    operators = [key for key in _operators() if only is None or key in only]
    properties = {**parts, "op": {"enum": operators}, "value": True, "missing": {"enum": [EXCLUDE, INCLUDE]}}
    if fold:
        properties["fold"] = {"type": "boolean"}
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
        "allOf": [{"$ref": "#/$defs/comparison"}],
    }


def where_schema() -> Schema:
    return {"$ref": "#/$defs/where"}


def measure_schema(measures: Mapping[str, Measure]) -> Schema:
    """One measure: true, or the property it is of."""
    return {
        "type": "object",
        "properties": {key: {"type": "string"} if one.types else {"const": True} for key, one in measures.items()},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def comparison_definition() -> Schema:
    """What the operator says of the other keys of a comparison. No operator, no other keys."""
    none: Schema = {"not": {"anyOf": [{"required": [key]} for key in ("value", "fold", "missing")]}}
    return {
        "if": {"required": ["op"]},
        "then": {"allOf": [_keys_with(one) for one in _operators().values()]},
        "else": none,
    }


def _keys_with(operator: Operator) -> Schema:
    """What follows from this operator."""
    value = operator.operand.schema(_one_value(operator))
    refused = [key for key, fits in (("fold", operator.folds), ("missing", operator.negative)) if not fits]
    then: Schema = {"required": ["value"], "properties": {"value": value}} if value else {}
    if value is None:
        refused.append("value")
    if refused:
        then["not"] = {"anyOf": [{"required": [key]} for key in refused]}
    return {"if": {"properties": {"op": {"const": operator.key}}}, "then": then}


def _one_value(operator: Operator) -> Schema:
    choices = [schema for type, schema in VALUES.items() if type in operator.types]
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def tree_definition(name: str, conditions: list[Schema]) -> Schema:
    """Groups of such conditions, to any depth."""
    inner = {"$ref": f"#/$defs/{name}"}
    parts = {"type": "array", "items": inner, "minItems": 1, "maxItems": MOST_VALUES}
    groups = [_only(key, inner if key == "not" else parts) for key in GROUPS]
    return {"anyOf": [*groups, *conditions]}


def _only(key: str, value: Schema) -> Schema:
    return {"type": "object", "properties": {key: value}, "required": [key], "additionalProperties": False}


def where_definition() -> Schema:
    """Conditions on properties of one event or item."""
    return tree_definition("where", [comparison_schema({"property": {"type": "string"}}, needed=["property", "op"])])


def definitions() -> dict[str, Schema]:
    """What the parts of a schema refer to, but for the tree of leaves."""
    return {
        "comparison": comparison_definition(),
        "where": where_definition(),
        "window": window_definition(),
        "own_window": own_window_definition(),
    }


def _operators() -> dict[str, Operator]:
    return load_all(OPERATORS, Operator)
