"""Judges customers about whom something was told, and writes down what changed for them since the last runs.

Any number of workers may do it at once, and again after a kill: what was worked out later counts, and a customer is
done only if nothing more was told meanwhile. What only time changes is left to the nightly runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pyroaring import BitMap

from customers import bulk, touched
from customers.models import Customer
from customers.touched import PROFILE, Touch
from segmentation.live.definitions import Definition, current
from segmentation.live.people import people_of
from segmentation.rules.evaluate import is_member
from segmentation.rules.nodes import Rule
from segmentation.rules.origins import split
from segmentation.rules.rows import Person
from segmentation.rules.vocabulary import Reference
from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.sets.models import LiveMember, NamedSet
from segmentation.sets.origins import KINDS as ASIDE
from segmentation.sets.origins import of_origin

AT_ONCE = 500
KINDS = {"tag": NamedSet.Kind.TAG_VALUE.value, "segment": NamedSet.Kind.SEGMENT.value, "audience": "audience"}


def refresh(most: int = AT_ONCE) -> int:
    """Judge those that wait longest; how many they were."""
    touches = touched.take(most)
    if not touches:
        return 0
    as_of = timezone.now()
    batch = _batch(touches, as_of)
    for definition in current().ordered:
        _judge(definition, batch)
    with transaction.atomic():
        _save(batch)
        touched.done(touches, timezone.now())
    return len(touches)


def forget_old() -> None:
    """What the nightly runs have worked out anew since."""
    newest = Run.objects.filter(kind="flow.nightly", state=Run.State.SUCCEEDED).order_by("-as_of").first()
    if newest:
        touched.forget(newest.as_of)
    LiveMember.objects.filter(named_set__current__as_of__gte=F("as_of")).delete()


@dataclass
class Batch:
    """The customers in hand; `sets` tells who of them is in which set, as it changes while they are judged."""

    as_of: datetime
    # What was told of each; PROFILE stands for anything.
    told: dict[int, set[str]]
    people: dict[int, Person]
    gone: BitMap
    sets: "LiveSets"
    changes: dict[tuple[int, int], bool] = field(default_factory=dict)

    @property
    def everybody(self) -> BitMap:
        return BitMap(self.people)


class LiveSets(Mapping[Reference, BitMap]):
    """Who of a batch is in a set now: by its newest version, and by what was worked out since."""

    def __init__(self, ids: BitMap) -> None:
        self._ids = ids
        self.named: dict[Reference, NamedSet] = {}
        words = {theirs: ours for ours, theirs in KINDS.items()} | {kind: kind for kind in ASIDE}
        for row in NamedSet.objects.filter(kind__in=words, binned=False, current__isnull=False).select_related(
            "current"
        ):
            self.named[words[row.kind], row.key, row.value] = row
        self._since = store.live_of(ids)
        self._found: dict[Reference, BitMap] = {}

    def __getitem__(self, name: Reference) -> BitMap:
        _, origin = split(name[0])
        if origin:
            return of_origin(name[1], name[2], origin, self._members)
        if name not in self._found:
            self._found[name] = self._of(self.named[name])
        return self._found[name]

    def _members(self, kind: str, key: str, value: str) -> BitMap:
        return self["tag" if kind == KINDS["tag"] else kind, key, value]

    def __setitem__(self, name: Reference, members: BitMap) -> None:
        self._found[name] = members

    def __iter__(self) -> Iterator[Reference]:
        return iter(self.named)

    def __len__(self) -> int:
        return len(self.named)

    def _of(self, named: NamedSet) -> BitMap:
        members = BitMap(self._ids & store.as_kept(named.current))  # type: ignore[arg-type]
        for pk in self._ids:
            inside = self._since.get((named.pk, pk))
            if inside is not None:
                (members.add if inside else members.discard)(pk)
        return members


def _batch(touches: list[Touch], as_of: datetime) -> Batch:
    rows = Customer.objects.filter(pk__in=[touch.customer for touch in touches])
    known = {pk: (root, made) for pk, root, made in rows.values_list("pk", "merged_into_id", "created_at")}
    told: dict[int, set[str]] = {}
    for touch in touches:
        if touch.customer in known:
            root = known[touch.customer][0]
            told.setdefault(root or touch.customer, set()).update({PROFILE} if root else touch.what)
    people = {person.id: person for person in people_of(list(told), as_of, current().known)}
    gone = BitMap(pk for pk, (root, _made) in known.items() if root)
    sets = LiveSets(BitMap(people) | gone)
    # Of newcomers nothing was ever worked out, not even what holds without any event.
    first = min((row.current.as_of for row in sets.named.values() if row.current), default=as_of)
    for pk in people:
        if pk in known and known[pk][1] >= first:
            told[pk].add(PROFILE)
    return Batch(as_of, told, people, gone, sets)


def _judge(definition: Definition, batch: Batch) -> None:
    """Who of those concerned is in now; whoever became part of another is in nothing."""
    if not any((definition.kind, definition.key, value) in batch.sets.named for value in _values(definition, batch)):
        return
    concerned = BitMap(
        pk
        for pk, what in batch.told.items()
        if pk in batch.people and (definition.events is None or PROFILE in what or definition.events & what)
    )
    if not concerned and not batch.gone:
        return

    def answer(rule: Rule) -> BitMap:
        people = (batch.people[pk] for pk in concerned)
        return BitMap(one.id for one in people if is_member(rule, one, as_of=batch.as_of, memberships=batch.sets))

    def before(value: str) -> BitMap:
        name = (definition.kind, definition.key, value)
        return batch.sets[name] if name in batch.sets.named else BitMap()

    members = definition.members(answer, concerned, before, batch.as_of)
    for value in _values(definition, batch):
        _note(batch, (definition.kind, definition.key, value), members.get(value, BitMap()), concerned | batch.gone)


def _values(definition: Definition, batch: Batch) -> list[str]:
    return [value for kind, key, value in batch.sets.named if (kind, key) == (definition.kind, definition.key)]


def _note(batch: Batch, name: Reference, members: BitMap, asked: BitMap) -> None:
    was = batch.sets[name]
    now = (was - asked) | (members & asked)
    named = batch.sets.named[name]
    for pk in was ^ now:
        batch.changes[named.pk, pk] = pk in now
    batch.sets[name] = now


def _save(batch: Batch) -> None:
    """Where another worker has written something younger, that stays."""
    stamp = bulk.stored_time(batch.as_of)
    rows: list[tuple[Any, ...]] = [(named, pk, inside, stamp) for (named, pk), inside in sorted(batch.changes.items())]
    bulk.insert(
        LiveMember, ["named_set", "customer_id", "inside", "as_of"], rows, unless=["customer_id", "named_set"],
        newest="as_of",
    )  # fmt: skip
