"""Templates of segments: a rule with parameters that a marketer may change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.rules.catalog import Labels
from segmentation.tags.taxonomy.base import Node

Value = int | float | str


@dataclass(frozen=True)
class Parameter:
    """Something to be chosen. Without `default` nothing fits every shop, and it has to be chosen."""

    key: str
    labels: Labels
    default: Value | None
    unit: str = ""


@dataclass(frozen=True)
class Template:
    """A segment to be made. In `rule`, {"parameter": key} stands where a parameter goes."""

    key: str
    labels: Labels
    description: Labels
    rule: Node
    parameters: tuple[Parameter, ...] = ()

    def document(self, chosen: Mapping[str, Value] | None = None) -> Node:
        """The rule with the chosen parameters, and the defaults of the others.

        Raises ValueError, naming them, for parameters that the template does not have, or that are still missing.
        """
        values = {parameter.key: parameter.default for parameter in self.parameters}
        if unknown := (chosen or {}).keys() - values:
            raise ValueError(f"The template {self.key} has no parameter {', '.join(sorted(unknown))}.")
        values |= chosen or {}
        if missing := [key for key, value in values.items() if value is None]:
            raise ValueError(f"The template {self.key} needs {', '.join(missing)}.")
        return {"version": 1, "rule": _filled(self.rule, values)}

    def draft(self) -> Node:
        """The rule with the defaults; null where something has still to be chosen."""
        return {"version": 1, "rule": _filled(self.rule, {one.key: one.default for one in self.parameters})}


def parameter(key: str) -> Node:
    """The place in a rule where a parameter goes."""
    return {"parameter": key}


def _filled(part: Any, values: Mapping[str, Value | None]) -> Any:
    if isinstance(part, list):
        return [_filled(one, values) for one in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"parameter"}:
        return values[part["parameter"]]
    return {key: _filled(one, values) for key, one in part.items()}
