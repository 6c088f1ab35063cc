"""The tree of a rule: logic, leaves and what a leaf is made of. Only data; what it means is said elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Union

from segmentation.rules.catalog import Field
from segmentation.rules.windows import Window

# A value of the language: number, text, yes or no, instant, day, list of texts.
Value = float | str | bool | datetime | date | tuple[str, ...]

EXCLUDE, INCLUDE = "exclude", "include"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a value is judged. `missing` is stated by negative operators only: what becomes of customers without one."""

    op: str
    operand: Any = None
    fold: bool = False
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What is counted of the events or items that fit; `field` for measures of a property."""

    kind: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold: the exact complement."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """A condition on a property of one event or item, inside `where`."""

    field: Field
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Leaf:
    """A condition on a customer. `predicate` is the file in predicates/ that knows all about it."""

    predicate: str


@dataclass(frozen=True, slots=True)
class FieldLeaf(Leaf):
    """A condition on one value of a customer: a trait or a feature."""

    field: Field
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class BehaviourLeaf(Leaf):
    """A condition on what a customer did: events, or items in them."""

    event: str
    where: Union["Node", None]
    measure: Measured
    comparison: Comparison
    window: Window


@dataclass(frozen=True, slots=True)
class MembershipLeaf(Leaf):
    """A condition on belonging to a set."""

    key: str


@dataclass(frozen=True, slots=True)
class TagLeaf(Leaf):
    """A condition on the values of a tag. `values` are all that the catalogue knew; no `origins` mean any."""

    key: str
    comparison: Comparison
    values: tuple[str, ...]
    origins: tuple[str, ...] = ()


Node = All | AnyOf | Not | PropertyTest | Leaf


@dataclass(frozen=True, slots=True)
class Base:
    """The population that a rule is asked of; `not` is the complement within it."""

    population: str = "all"
    days: int = 0
    channel: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A whole rule, checked against a catalogue."""

    base: Base
    timezone: str
    root: Node


def walk(node: Node, path: str = "rule") -> Iterator[tuple[str, Node]]:
    """Every node with its path, from the top down: `rule`, `rule.all[0]`, `rule.all[1].not`."""
    yield path, node
    if isinstance(node, Not):
        yield from walk(node.part, f"{path}.not")
    elif isinstance(node, All | AnyOf):
        word = "all" if isinstance(node, All) else "any"
        for place, part in enumerate(node.parts):
            yield from walk(part, f"{path}.{word}[{place}]")


def leaves(rule: Rule) -> dict[str, Leaf]:
    """The leaves by path, in order."""
    return {path: node for path, node in walk(rule.root) if isinstance(node, Leaf)}
