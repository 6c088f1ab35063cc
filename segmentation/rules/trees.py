"""Groups of conditions, whatever the conditions are: read, and folded into anything."""

from collections.abc import Callable
from typing import Any, TypeVar

from segmentation.rules.nodes import All, AnyOf, Node, Not
from segmentation.rules.reading import MOST_CONDITIONS, Reading

Thing = TypeVar("Thing")
GROUPS = ("all", "any", "not")


def read_tree(
    reading: Reading, raw: object, path: str, read_condition: Callable[[dict[str, Any], str], Node | None]
) -> Node | None:
    """A condition or a group of them from JSON; None with problems noted."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    groups = [key for key in GROUPS if key in document]
    if not groups:
        return _read_condition(reading, document, path, read_condition)
    if len(document) > 1:
        reading.problem(path, "several_conditions", found=[str(key) for key in document])
        return None
    with reading.deeper(path) as may_enter:
        return _read_group(reading, document, path, groups[0], read_condition) if may_enter else None


def _read_condition(
    reading: Reading, document: dict[str, Any], path: str, read_condition: Callable[[dict[str, Any], str], Node | None]
) -> Node | None:
    reading.conditions += 1
    if reading.conditions == MOST_CONDITIONS + 1:
        reading.problem(path, "too_many_conditions", limit=MOST_CONDITIONS)
    return read_condition(document, path) if reading.conditions <= MOST_CONDITIONS else None


def _read_group(
    reading: Reading,
    document: dict[str, Any],
    path: str,
    word: str,
    read_condition: Callable[[dict[str, Any], str], Node | None],
) -> Node | None:
    raw, path = document[word], f"{path}.{word}"
    if word == "not":
        part = read_tree(reading, raw, path, read_condition)
        return None if part is None else Not(part)
    raws = reading.sequence(raw, path, empty="empty_group") or []
    parts = [read_tree(reading, one, f"{path}[{n}]", read_condition) for n, one in enumerate(raws)]
    whole = tuple(part for part in parts if part is not None)
    if not whole:
        return None
    return All(whole) if word == "all" else AnyOf(whole)


def fold_tree(
    node: Node,
    condition: Callable[[Node], Thing],
    every: Callable[[list[Thing]], Thing],
    some: Callable[[list[Thing]], Thing],
    negated: Callable[[Thing], Thing],
) -> Thing:
    """The tree made into something else, from its conditions up."""
    if isinstance(node, Not):
        return negated(fold_tree(node.part, condition, every, some, negated))
    if isinstance(node, All | AnyOf):
        parts = [fold_tree(part, condition, every, some, negated) for part in node.parts]
        return every(parts) if isinstance(node, All) else some(parts)
    return condition(node)


def write_tree(node: Node, write_condition: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """The tree as JSON."""
    return fold_tree(
        node, write_condition, lambda parts: {"all": parts}, lambda parts: {"any": parts}, lambda part: {"not": part}
    )


def tree_holds(node: Node, condition_holds: Callable[[Any], bool]) -> bool:
    """Whether the tree holds, given whether its conditions do."""
    return fold_tree(node, condition_holds, all, any, lambda part: not part)
