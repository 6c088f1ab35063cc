"""From a rule's JSON to its tree and back. A rule that cannot run is refused here, with every problem at once."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from customers.plugins import load, names
from segmentation.rules.catalog import Catalog
from segmentation.rules.nodes import Base, Leaf, Node, Rule
from segmentation.rules.populations import read_base, write_base
from segmentation.rules.predicates.base import Predicate
from segmentation.rules.problems import RuleError
from segmentation.rules.reading import Reading, TooManyProblems
from segmentation.rules.trees import read_tree, write_tree

VERSION = 1
PREDICATES = "segmentation.rules.predicates"


def predicate(key: str) -> Predicate:
    return load(PREDICATES, key, Predicate)


def parse(document: object, catalog: Catalog) -> Rule:
    """The rule, checked against the catalogue. Raises RuleError with everything that is wrong."""
    reading = Reading(catalog, ZoneInfo(catalog.timezone))
    try:
        rule = _read_rule(reading, document)
    except TooManyProblems:
        rule = None
    if reading.problems or rule is None:
        raise RuleError(reading.problems)
    return rule


def _read_rule(reading: Reading, raw: object) -> Rule | None:
    if (document := reading.mapping(raw, "")) is None:
        return None
    reading.keys(document, "", ("version", "rule"), ("base", "timezone"))
    found = document.get("version", VERSION)
    if isinstance(found, bool) or found != VERSION:
        reading.problem("version", "unsupported_version", found=found, supported=VERSION)
    if "timezone" in document:
        reading.timezone = _read_timezone(reading, document["timezone"])
    base = read_base(reading, document["base"], "base") if "base" in document else Base()
    if "rule" not in document:
        return None
    root = read_tree(reading, document["rule"], "rule", lambda leaf, path: _read_leaf(reading, leaf, path))
    return None if base is None or root is None else Rule(base, reading.timezone.key, root)


def _read_timezone(reading: Reading, raw: object) -> ZoneInfo:
    try:
        if isinstance(raw, str):
            return ZoneInfo(raw)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    reading.problem("timezone", "unknown_timezone", found=raw)
    return reading.timezone


def _read_leaf(reading: Reading, document: dict[str, Any], path: str) -> Node | None:
    known = names(PREDICATES)
    found = [key for key in known if key in document]
    if len(found) != 1:
        if found:
            reading.problem(path, "several_conditions", found=found)
        else:
            reading.problem(path, "no_condition", choices=["all", "any", "not", *known])
        return None
    return predicate(found[0]).read(reading, document, path)


def canonical(rule: Rule) -> dict[str, Any]:
    """The rule as it is saved: everything stated, defaults and the treatment of missing values included."""
    timezone = ZoneInfo(rule.timezone)
    return {
        "version": VERSION,
        "base": write_base(rule.base),
        "timezone": rule.timezone,
        "rule": write_tree(rule.root, lambda leaf: write_leaf(leaf, timezone)),
    }


def write_leaf(leaf: Leaf, timezone: ZoneInfo) -> dict[str, Any]:
    """One leaf as JSON."""
    return predicate(leaf.predicate).write(leaf, timezone)
