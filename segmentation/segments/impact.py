"""What a version of a tag or segment would change if it were live, and what all that refers to it would change.

Before and after are both computed for the same moment from the same facts, so that what moves is the definition's doing
and not that of a day gone by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from pyroaring import BitMap

from segmentation import dependencies
from segmentation.dependencies import Name
from segmentation.errors import SegmentationError
from segmentation.lake.versions import current_source
from segmentation.rules.origins import split
from segmentation.rules.vocabulary import Reference
from segmentation.segments.fixed import members_of
from segmentation.segments.models import Segment
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.sample import sample
from segmentation.sets.supposed import SupposedSets
from segmentation.tags.computing import Question, by_reference, computed
from segmentation.tags.facts import Facts
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, in_language

SHOWN = 5
Sets = dict[Reference, BitMap]
Versions = Mapping[Name, Mapping[str, Any] | None]


@dataclass(frozen=True)
class Move:
    """A set before and after; samples are ids of customers."""

    label: str
    before: int
    entered: int
    left: int
    entered_sample: list[int]
    left_sample: list[int]

    @property
    def stays(self) -> int:
        return self.before - self.left

    @property
    def after(self) -> int:
        return self.stays + self.entered

    @property
    def moves(self) -> bool:
        return bool(self.entered or self.left)


@dataclass(frozen=True)
class Downstream:
    """Something that refers to the change, directly or not. `sets` is None where only a run can tell."""

    kind: str
    key: str
    label: str
    sets: list[Move] | None

    @property
    def moves(self) -> bool:
        return self.sets is None or any(move.moves for move in self.sets)


@dataclass(frozen=True)
class Impact:
    """The sets of the definition itself; who goes from which value to which; what moves with it."""

    sets: list[Move]
    flows: list[tuple[str, str, int]] = field(default_factory=list)
    downstream: list[Downstream] = field(default_factory=list)
    # Why the sets could not be told beforehand; empty when they could.
    unknown: str = ""

    @property
    def customers_moved(self) -> int:
        """Of a tag with one value each, how many change their value."""
        return sum(count for before, after, count in self.flows if before != after)


@dataclass(frozen=True)
class _World:
    """The facts at one moment, and sets as supposed."""

    facts: Facts
    sets: Sets
    names: set[Name]

    def with_sets(self, name: Name, sets: Sets) -> "_World":
        return _world(self.facts, self.sets | sets, self.names | {name})


def impact_of(row: Tag | Segment, definition: Mapping[str, Any], *, as_of: datetime) -> Impact:
    """The change that this definition would make. Raises RuleError or DefinitionError for one that cannot run."""
    name: Name = (row.reference_kind, row.key)
    facts = Facts(current_source(), as_of, rule_catalog())
    if isinstance(row, Tag) and kind_of(row.kind).heavy:
        return Impact([], downstream=[_unknown(one) for one in _dependents(name)], unknown="heavy")
    live = _live(row)
    nothing = _world(facts, {}, set())
    before = _sets(row, live, nothing) if live is not None else {}
    after = _sets(row, definition, nothing)
    worlds = (nothing.with_sets(name, before), nothing.with_sets(name, after))
    labels = _labels(row, definition, live)
    return Impact(
        sets=_moves(before, after, labels),
        flows=_flows(before, after, labels) if isinstance(row, Tag) and row.exclusive else [],
        downstream=list(_downstream(name, *worlds)),
    )


def _world(facts: Facts, sets: Sets, names: set[Name]) -> _World:
    supposed = SupposedSets(sets, names=names)
    return _World(Facts(facts.source, facts.as_of, facts.catalog, supposed), sets, names)


def _downstream(name: Name, before: _World, after: _World) -> Iterator[Downstream]:
    """What refers to it, each after what it refers to itself, computed in the worlds before and after."""
    for row in _dependents(name):
        definition = _live(row) if isinstance(row, Tag | Segment) else None
        if definition is None or (isinstance(row, Tag) and kind_of(row.kind).heavy):
            yield _unknown(row)
            continue
        try:
            olds, news = _sets(row, definition, before), _sets(row, definition, after)
        except SegmentationError:  # it cannot run as it is: its own page says so
            yield _unknown(row)
            continue
        its = (row.reference_kind, row.key)
        before, after = before.with_sets(its, olds), after.with_sets(its, news)
        yield Downstream(*its, row.name, _moves(olds, news, _labels(row, definition, None)))


def _dependents(name: Name) -> list[Any]:
    """The rows that refer to this name, directly or by way of others, in the order in which they are computed."""
    rows = dependencies.rows()
    built_on = {key: row.references for key, row in rows.items()}
    found: set[Name] = set()
    waiting = [name]
    while waiting:
        reached = waiting.pop()
        new = {key for key, names in built_on.items() if reached in names} - found
        found |= new
        waiting.extend(new)
    order = TopologicalSorter({key: built_on[key] & found for key in sorted(found)}).static_order()
    return [rows[key] for key in order]


def _unknown(row: Any) -> Downstream:
    return Downstream(row.reference_kind, row.key, row.name, None)


def _live(row: Tag | Segment) -> Mapping[str, Any] | None:
    if row.live_version is None:
        return None
    return row.live_version.definition if isinstance(row, Tag) else row.live_version.rule


def _sets(row: Tag | Segment, definition: Mapping[str, Any], world: _World) -> Sets:
    if isinstance(row, Tag):
        begun = row.last_run.result if row.last_run else {}
        return by_reference(row, computed(Question(row, definition, world.facts, begun=begun)))
    return {("segment", row.key, ""): members_of(definition, world.facts.answer)}


def _labels(row: Tag | Segment, definition: Mapping[str, Any], live: Mapping[str, Any] | None) -> dict[Reference, str]:
    """What the sets are called: as the definition names them, else as rows know them."""
    if isinstance(row, Segment):
        return {("segment", row.key, ""): row.name}
    named = {("tag", row.key, value.key): value.name for value in row.values.order_by("order")}
    kind = kind_of(row.kind)
    for document in (live, definition):
        values = kind.values(kind.read(document)) if document is not None else ()
        named |= {("tag", row.key, one.key): in_language(one.name_zh, one.name_en) for one in values}
    return named


def _moves(before: Sets, after: Sets, labels: Mapping[Reference, str]) -> list[Move]:
    before, after = _whole(before), _whole(after)
    return [
        _move(labels.get(name, name[2]), before.get(name, BitMap()), after.get(name, BitMap()))
        for name in dict.fromkeys([*after, *before])
    ]


def _move(label: str, before: BitMap, after: BitMap) -> Move:
    entered, left = after - before, before - after
    return Move(label, len(before), len(entered), len(left), sample(entered, SHOWN), sample(left, SHOWN))


def _flows(before: Sets, after: Sets, labels: Mapping[Reference, str]) -> list[tuple[str, str, int]]:
    """How many customers go from which value to which, the largest first; an empty name is no value."""
    before, after = _whole(before), _whole(after)
    ends = (_with_none(before, after), _with_none(after, before))
    flows = [
        (labels.get(old, ""), labels.get(new, ""), count)
        for old, had in ends[0].items()
        for new, has in ends[1].items()
        if old != new and (count := had.intersection_cardinality(has))
    ]
    return sorted(flows, key=lambda flow: -flow[2])


def _whole(sets: Sets) -> Sets:
    """The values themselves, without those of one origin each."""
    return {name: having for name, having in sets.items() if not split(name[0])[1]}


def _with_none(sets: Sets, others: Sets) -> Sets:
    """The sets and, under an empty name, who is in none of them but in one of the others."""
    nobody = BitMap.union(BitMap(), *others.values()) - BitMap.union(BitMap(), *sets.values())
    return {**sets, ("", "", ""): nobody}
