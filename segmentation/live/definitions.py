"""The live tags and segments that can be judged customer by customer, read once for many batches."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from pyroaring import BitMap

from segmentation.flow import in_order
from segmentation.lake.columns import Catalogue, catalogue
from segmentation.rules.catalog import Catalog
from segmentation.rules.nodes import Rule, leaves
from segmentation.rules.parse import parse
from segmentation.rules.predicates.top import TopLeaf
from segmentation.rules.problems import RuleError
from segmentation.rules.references import named_in, references
from segmentation.segments.fixed import is_fixed
from segmentation.segments.models import Segment
from segmentation.sets.catalog import rule_catalog
from segmentation.tags.given import given_at, laid_over
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag

# Seconds for which definitions and catalogue are taken for what they were.
KEPT = 5.0
# The kind of tag whose values are rules, and nothing but rules.
KIND = "rule"

# The customers of a batch that a rule means.
Answer = Callable[[Rule], BitMap]


@dataclass(frozen=True)
class Definition:
    """A segment, or a tag with a rule per value. `events`: names of what it looks at; None: it may look at anything."""

    kind: str
    key: str
    rules: Mapping[str, Rule]
    events: frozenset[str] | None
    tag: Tag | None = None

    def members(
        self, answer: Answer, everybody: BitMap, before: Callable[[str], BitMap], now: Any
    ) -> dict[str, BitMap]:
        """The customers of the batch by value ("" for a segment); `before` tells who had a value."""
        if self.tag is None:
            return {"": answer(self.rules["rule"])}
        tag, kind = self.tag, kind_of(KIND)
        definition = kind.read(tag.live_version.definition)  # type: ignore[union-attr]
        known = {json.dumps(document): self.rules[place] for place, document in kind.rules(definition).items()}
        context: Any = SimpleNamespace(
            answer=lambda document: answer(known[json.dumps(document)]),
            everybody=everybody,
            progress=lambda phase, done, total: None,
        )
        outcome = kind.compute(definition, context)
        outcome = outcome.exclusive() if tag.exclusive else outcome
        given = {value: having & everybody for value, having in given_at(tag, now).items()}
        if given:
            outcome = laid_over(outcome, given, everybody=everybody, exclusive=tag.exclusive)
        members = dict(outcome.members)
        if tag.when_empty == Tag.WhenEmpty.KEEP:
            missing = everybody - outcome.covered - given.get("", BitMap())
            members = {value: having | (before(value) & missing) for value, having in members.items()}
        return members


@dataclass(frozen=True)
class Definitions:
    """All of them in order, each after what it refers to, with the catalogues by which facts are read."""

    ordered: list[Definition]
    known: Catalogue
    read_at: float


_kept: list[Definitions] = []


def current() -> Definitions:
    """Those of now, or of a few seconds ago."""
    if not _kept or time.monotonic() - _kept[0].read_at > KEPT:
        _kept[:] = [_read()]
    return _kept[0]


def forget() -> None:
    """Read them anew the next time."""
    _kept.clear()


def _read() -> Definitions:
    catalog = rule_catalog()
    found = {(one.kind, one.key): one for one in (*_segments(catalog), *_tags(catalog))}
    built_on = {name: _references(one) for name, one in found.items()}
    return Definitions([found[name] for name in in_order(built_on)], catalogue(), time.monotonic())


def _segments(catalog: Catalog) -> Iterator[Definition]:
    live = Segment.objects.filter(status=Segment.Status.LIVE, live_version__isnull=False).select_related("live_version")
    for segment in live.order_by("key"):
        document = segment.live_version.rule
        rules = {} if is_fixed(document) else _parsed({"rule": document}, catalog)
        if rules:
            yield Definition("segment", segment.key, rules, _events([document]))


def _tags(catalog: Catalog) -> Iterator[Definition]:
    live = Tag.objects.filter(status=Tag.Status.LIVE, live_version__isnull=False, kind=KIND)
    for tag in live.select_related("live_version").order_by("key"):
        kind = kind_of(KIND)
        documents = kind.rules(kind.read(tag.live_version.definition))
        rules = _parsed(documents, catalog)
        if rules:
            yield Definition("tag", tag.key, rules, _events(documents.values()), tag)


def _parsed(documents: Mapping[str, Any], catalog: Catalog) -> dict[str, Rule]:
    """The rules; none if one of them ranks customers, for which all are needed, or cannot run any more."""
    try:
        rules = {place: parse(document, catalog) for place, document in documents.items()}
    except RuleError:
        return {}
    ranks = any(isinstance(leaf, TopLeaf) for rule in rules.values() for leaf in leaves(rule).values())
    return {} if ranks else rules


def _references(one: Definition) -> set[tuple[str, str]]:
    return {name for rule in one.rules.values() for name in references(rule)}


def _events(documents: Any) -> frozenset[str] | None:
    """The events that the rules look at; None if something else than an event can change the answer."""
    found: set[str] = set()
    for document in documents:
        if named_in(document) or document.get("base", {}).get("population", "all") == "active":
            return None
        found |= _names(document["rule"])
    return frozenset(found)


def _names(part: Any) -> set[str]:
    if isinstance(part, list | tuple):
        return {name for one in part for name in _names(one)}
    if not isinstance(part, dict):
        return set()
    own = {part[word] for word in ("event", "items_of") if isinstance(part.get(word), str)}
    return own | _names(list(part.values()))
