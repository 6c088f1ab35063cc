"""What a rule refers to, and the refusal of rules that refer to themselves in the end."""

from collections.abc import Callable, Iterable
from typing import Any

from segmentation.errors import SegmentationError
from segmentation.rules.nodes import Rule, leaves
from segmentation.rules.parse import predicate

# Kind and key: ("segment", "vip").
Name = tuple[str, str]
# The kinds of names that a rule can refer to; each is the key of its leaf.
GROUPS = ("tag", "segment", "audience")


class CycleError(SegmentationError):
    """A rule that, by way of others, refers to itself."""

    code = "rule_cycle"


def references(rule: Rule) -> set[Name]:
    """Kind and key of every tag, segment and audience in the rule."""
    return {name for leaf in leaves(rule).values() for name in predicate(leaf.predicate).references(leaf)}


def named_in(document: Any) -> set[Name]:
    """The same of a rule, or of anything with rules in it, as it is saved: needs no catalogue and no valid rule."""
    if isinstance(document, list | tuple):
        return {name for part in document for name in named_in(part)}
    if not isinstance(document, dict):
        return set()
    own = {(kind, document[kind]) for kind in GROUPS if isinstance(document.get(kind), str)}
    return own | named_in(list(document.values()))


def reference_paths(rule: Rule) -> dict[str, set[Name]]:
    """The same by path of the leaf."""
    found = {path: predicate(leaf.predicate).references(leaf) for path, leaf in leaves(rule).items()}
    return {path: names for path, names in found.items() if names}


def refuse_cycle(name: Name, rule: Rule, references_of: Callable[[Name], Iterable[Name]]) -> None:
    """Raises CycleError if the rule saved as `name` would refer to itself, telling the way round.

    `references_of` gives what each other name refers to as it stands; a name unknown to it refers to nothing.
    """
    for path, names in reference_paths(rule).items():
        for first in sorted(names):
            if way := _way(first, name, references_of):
                round_trip = " → ".join(f"{kind} “{key}”" for kind, key in [name, *way])
                raise CycleError(f"This rule would refer to itself: {round_trip}. Take one of them out.", where=path)


def refuse_circle(name: Name, names: Iterable[Name], references_of: Callable[[Name], Iterable[Name]]) -> None:
    """The same for a definition that names others elsewhere than in a rule."""
    for first in sorted(names):
        if way := _way(first, name, references_of):
            round_trip = " → ".join(f"{kind} “{key}”" for kind, key in [name, *way])
            raise CycleError(f"This would refer to itself: {round_trip}. Take one of them out.")


def _way(start: Name, goal: Name, references_of: Callable[[Name], Iterable[Name]]) -> list[Name]:
    """The names from `start` to `goal`; empty if no way leads there."""
    came_from: dict[Name, Name | None] = {start: None}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return _steps(name, came_from)
        for further in references_of(name):
            if further not in came_from:
                came_from[further] = name
                waiting.append(further)
    return []


def _steps(name: Name | None, came_from: dict[Name, Name | None]) -> list[Name]:
    steps: list[Name] = []
    while name is not None:
        steps.append(name)
        name = came_from[name]
    return steps[::-1]
