"""Why a rule means a customer, or not: each condition with what decided it, and the nearest way to the other answer."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from segmentation.rules import comparison
from segmentation.rules.days import Moment
from segmentation.rules.evaluate import holds
from segmentation.rules.evidence import Evidence, shortfall
from segmentation.rules.nodes import All, Leaf, Node, Not, Rule, walk
from segmentation.rules.parse import predicate
from segmentation.rules.populations import belongs
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.rows import Person

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition: whether it holds, and on what evidence. `short_by`: the change of the value that it would take."""

    path: str
    leaf: Leaf
    holds: bool
    evidence: Evidence
    missing: str | None = None
    short_by: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One customer and one rule."""

    member: bool
    in_base: bool
    verdicts: tuple[Verdict, ...]
    # By path: whether the groups hold, too.
    nodes: dict[str, bool]
    # The fewest conditions that would have to turn for the other answer; empty if only the base would have to.
    nearest: Paths


def explain(rule: Rule, person: Person, *, as_of: datetime, memberships: Memberships) -> Explanation:
    """Each condition of the rule for this customer; `member` is what `is_member` says."""
    moment = Moment(as_of, ZoneInfo(rule.timezone))
    found = {
        path: _verdict(path, node, person, moment, memberships)
        for path, node in walk(rule.root)
        if isinstance(node, Leaf)
    }
    nodes = {path: _holds(node, path, found) for path, node in walk(rule.root)}
    in_base = belongs(rule.base, person, moment)
    nearest = _turned(rule.root, "rule", found, to=not nodes["rule"])
    member = in_base and nodes["rule"]
    return Explanation(member, in_base, tuple(found.values()), nodes, nearest if member or not nodes["rule"] else ())


def _verdict(path: str, leaf: Leaf, person: Person, moment: Moment, memberships: Memberships) -> Verdict:
    evidence = predicate(leaf.predicate).evidence(leaf, person, moment, memberships)
    verdict = holds(leaf, person, moment, memberships)
    judged = evidence.comparison
    missing = None
    if judged is not None and evidence.value is None:
        missing = "include" if comparison.holds_for_missing(judged) else "exclude"
    return Verdict(path, leaf, verdict, evidence, missing, None if verdict else shortfall(judged, evidence.value))


def _parts(node: Node, path: str) -> list[tuple[Node, str]]:
    if isinstance(node, Not):
        return [(node.part, f"{path}.not")]
    word = "all" if isinstance(node, All) else "any"
    return [(part, f"{path}.{word}[{n}]") for n, part in enumerate(getattr(node, "parts", ()))]


def _holds(node: Node, path: str, found: dict[str, Verdict]) -> bool:
    if isinstance(node, Leaf):
        return found[path].holds
    answers = [_holds(part, at, found) for part, at in _parts(node, path)]
    if isinstance(node, Not):
        return not answers[0]
    return all(answers) if isinstance(node, All) else any(answers)


def _turned(node: Node, path: str, found: dict[str, Verdict], *, to: bool) -> Paths:
    """The fewest leaves that must turn for the node to answer so, the first ones among equals."""
    if isinstance(node, Leaf):
        return () if found[path].holds == to else (path,)
    if isinstance(node, Not):
        return _turned(node.part, f"{path}.not", found, to=not to)
    ways = [_turned(part, at, found, to=to) for part, at in _parts(node, path)]
    if isinstance(node, All) == to:
        return tuple(leaf for way in ways for leaf in way)
    return min(ways, key=len)
