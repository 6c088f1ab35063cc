"""What feeds what: facts and features → tags → segments → audiences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from django.utils.translation import gettext_lazy as _

from segmentation import dependencies
from segmentation.dependencies import Name
from segmentation.errors import SegmentationError
from segmentation.profiles.catalog import all_features
from segmentation.profiles.selectors import label_of
from segmentation.sets.catalog import rule_catalog
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, in_language

# The stages from left to right; what is told and what is computed of it stand side by side.
LAYERS = ("event", "trait", "feature", "tag", "segment", "audience")
KIND_LABELS = {
    "event": _("event"),
    "trait": _("trait"),
    "feature": _("feature"),
    "tag": _("tag"),
    "segment": _("segment"),
    "audience": _("audience"),
}
# Where rules name their sources: the key of the leaf, and the kind of node that it names.
NAMED = {"event": "event", "items_of": "event", "trait": "trait", "feature": "feature"}


@dataclass(frozen=True)
class Node:
    """Something that feeds, or is fed."""

    kind: str
    key: str
    label: str

    @property
    def name(self) -> Name:
        return self.kind, self.key

    @property
    def kind_label(self) -> str:
        """What it is, in words."""
        return str(KIND_LABELS[self.kind])


@dataclass(frozen=True)
class Lineage:
    """Nodes and who feeds whom, each pair as (source, fed)."""

    nodes: Mapping[Name, Node]
    edges: frozenset[tuple[Name, Name]]

    def around(self, name: Name) -> "Lineage":
        """What this one is made of, in the end, and what is made of it."""
        reached = _reached(name, {(fed, source) for source, fed in self.edges}) | _reached(name, self.edges)
        kept = {node: self.nodes[node] for node in self.nodes if node in reached}
        return Lineage(kept, frozenset((a, b) for a, b in self.edges if a in reached and b in reached))

    def chart(self, links: Mapping[Name, str]) -> dict[str, Any]:
        """The data of a chart of kind "flow"; what is neither fed nor feeds is left out."""
        touched = {name for edge in self.edges for name in edge}
        nodes = [node for node in self.nodes.values() if node.name in touched]
        ordered = sorted(nodes, key=lambda node: (LAYERS.index(node.kind), node.label))
        column = self._columns()
        place = {node.name: number for number, node in enumerate(ordered)}
        return {
            "nodes": [
                {
                    "name": node.label,
                    "kind": _layer(node.name),
                    "layer": column[node.name],
                    "link": links.get(node.name, ""),
                }
                for node in ordered
            ],
            "edges": sorted([place[source], place[fed]] for source, fed in self.edges),
        }

    def _columns(self) -> dict[Name, int]:
        """That of its kind, or farther right when something of its own kind feeds it."""
        fed_by: dict[Name, set[Name]] = {name: set() for name in self.nodes}
        for source, fed in self.edges:
            fed_by[fed].add(source)
        found: dict[Name, int] = {}
        for name in TopologicalSorter(fed_by).static_order():
            found[name] = max([_layer(name), *(found[source] + 1 for source in fed_by[name])])
        return found


def lineage() -> Lineage:
    """Of everything that is live or drawn up, with what is no source of anything left out."""
    nodes, edges = {}, set()
    labels = _labels()
    for name, row in dependencies.rows().items():
        nodes[name] = Node(name[0], name[1], row.name)
        edges |= {(source, name) for source in row.references | _sources(row)}
    for source, _fed in edges:
        nodes.setdefault(source, Node(source[0], source[1], labels.get(source, source[1])))
    return Lineage(nodes, frozenset(edges))


def _sources(row: Any) -> set[Name]:
    """The events, traits and features that its definition names."""
    version = getattr(row, "live_version", None)
    if isinstance(row, Tag):
        return (_named_in(version.definition) | _features_of(row, version.definition)) if version else set()
    return _named_in(version.rule if version else [getattr(row, "include", None), getattr(row, "exclude", None)])


def _features_of(tag: Tag, definition: Mapping[str, Any]) -> set[Name]:
    kind = kind_of(tag.kind)
    try:
        return {("feature", key) for key in kind.features(kind.read(definition))}
    except (SegmentationError, LookupError, TypeError, ValueError):  # a definition of an older kind
        return set()


def _named_in(document: Any) -> set[Name]:
    return set(_walk(document))


def _walk(document: Any) -> Iterator[Name]:
    if isinstance(document, list | tuple):
        for part in document:
            yield from _walk(part)
    elif isinstance(document, dict):
        for key, part in document.items():
            if key in NAMED and isinstance(part, str):
                yield NAMED[key], part
            yield from _walk(part)


def _labels() -> dict[Name, str]:
    catalog = rule_catalog()
    features = {("feature", key): label_of(feature) for key, feature in all_features().items()}
    events = {("event", key): in_language(one.labels.zh, one.labels.en) or key for key, one in catalog.events.items()}
    traits = {("trait", key): in_language(one.labels.zh, one.labels.en) or key for key, one in catalog.traits.items()}
    return {**features, **events, **traits}


def _layer(name: Name) -> int:
    return max(0, LAYERS.index(name[0]) - LAYERS.index("feature"))


def _reached(start: Name, edges: Any) -> set[Name]:
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        new = {fed for source, fed in edges if source == at} - found
        found |= new
        waiting.extend(new)
    return found
