"""Segments, to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from segmentation import dependencies
from segmentation.dependencies import User
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.breakdown import Part, breakdown, by_tag
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.selectors import named_sets, size_history


@dataclass(frozen=True)
class SegmentRow:
    """A segment with its newest customers, counted; all None before its first run."""

    segment: Segment
    named_set: NamedSet | None
    size: int | None
    entered: int | None
    left: int | None
    as_of: datetime | None


def segment_list() -> list[SegmentRow]:
    """All segments by key, with sizes and what changed with the last run."""
    return _rows(Segment.objects.select_related("live_version", "owner").order_by("key"))


def segment_row(segment: Segment) -> SegmentRow:
    """One segment with its size."""
    return _rows([segment])[0]


def segments_of(customer_id: int) -> list[SegmentRow]:
    """The segments that a customer is in now."""
    inside = {key for _kind, key, _value in store.holding(NamedSet.Kind.SEGMENT, customer_id)}
    return [row for row in segment_list() if row.size is not None and row.segment.key in inside]


def history(segment: Segment) -> list[SetVersion]:
    """How large it was after each run, the oldest first."""
    sets = list(named_sets(NamedSet.Kind.SEGMENT, segment.key))
    return size_history(sets).get(sets[0].pk, []) if sets else []


def used_by(segment: Segment) -> list[User]:
    """Who refers to it."""
    return dependencies.users_of(("segment", segment.key))


def breakdown_by(segment: Segment, tag: str, *, everybody: int) -> list[Part]:
    """Its customers by the values of a tag, beside everybody's. Raises NotComputed before the first run."""
    members: BitMap = store.current(NamedSet.Kind.SEGMENT, segment.key)
    return by_tag(breakdown(members, everybody)).get(tag, [])


def _rows(segments: Iterable[Segment]) -> list[SegmentRow]:
    sets = {one.key: one for one in named_sets(NamedSet.Kind.SEGMENT)}
    return [_row(segment, sets.get(segment.key)) for segment in segments]


def _row(segment: Segment, named_set: NamedSet | None) -> SegmentRow:
    newest = named_set.current if named_set else None
    if newest is None:
        return SegmentRow(segment, named_set, None, None, None, None)
    return SegmentRow(segment, named_set, newest.size, newest.entered_count, newest.left_count, newest.as_of)
