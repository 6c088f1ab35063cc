"""Sets side by side, to look at: how much of each is in each other one, all their parts, and what tells two apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from pyroaring import AbstractBitMap

from customers.spelling import found_by
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.breakdown import LEAST, Part, breakdown
from segmentation.sets.models import NamedSet
from segmentation.sets.names import full_label, value_label
from segmentation.sets.overlap import Overlap, overlap
from segmentation.sets.regions import regions
from segmentation.sets.selectors import everybody, named_sets
from segmentation.templatetags.sets import members_address

# More sets than this make a picture that nobody reads.
MOST = 8
FIRST_SHOWN = 4
MOST_PARTS = 24
KINDS = (NamedSet.Kind.SEGMENT, NamedSet.Kind.TAG_VALUE)


@dataclass(frozen=True)
class Difference:
    """A tag value in two sets."""

    named_set: NamedSet
    left: Part
    right: Part

    @property
    def points(self) -> float:
        """By how much the share in the left set is larger."""
        return self.left.share - self.right.share


def address_of(named_set: NamedSet) -> str:
    """A set in an address: `segment:vip`, `tag_value:spending:high`."""
    return ":".join(filter(None, (named_set.kind, named_set.key, named_set.value)))


def comparable() -> list[NamedSet]:
    """Every segment and tag value that was computed, the segments first, each by name."""
    found = [one for kind in KINDS for one in named_sets(kind) if one.current_id]
    return sorted(found, key=lambda one: (one.kind != NamedSet.Kind.SEGMENT, full_label(one)))


def chosen(sets: Sequence[NamedSet], addresses: Sequence[str]) -> list[NamedSet]:
    """Those of these addresses in their order, at most MOST; without any, the largest segments."""
    known = {address_of(one): one for one in sets}
    found = [known[address] for address in dict.fromkeys(addresses) if address in known][:MOST]
    if addresses:
        return found
    segments = [one for one in sets if one.kind == NamedSet.Kind.SEGMENT]
    return sorted(segments, key=lambda one: -_size(one))[:FIRST_SHOWN]


def matrix(sets: Sequence[NamedSet]) -> dict[str, Any]:
    """The data of a chart of kind "heatmap": what share of each set (row) is in each other one (column)."""
    names = [full_label(one) for one in sets]
    members = [_members(one) for one in sets]
    rows = list(reversed(members))  # the chart draws from the bottom up
    cells = [
        [x, y, round(row.intersection_cardinality(column) / len(row), 4)]
        for y, row in enumerate(rows)
        for x, column in enumerate(members)
        if row is not column and len(row)
    ]
    return {"x": names, "y": names[::-1], "cells": cells, "format": "percent"}


def upset(sets: Sequence[NamedSet]) -> dict[str, Any]:
    """The data of a chart of kind "upset": every part of the sets with its size, the largest first.

    `left_out` counts the smallest parts, which are not drawn, and `left_out_customers` who is in them.
    """
    parts = regions([_members(one) for one in sets])
    return {
        "sets": [
            {"name": full_label(one), "size": _size(one), "link": members_address(one.kind, one.key, one.value)}
            for one in sets
        ],
        "parts": [
            {"in": list(part.inside), "size": len(part.members), "link": _making(sets, part.inside)}
            for part in parts[:MOST_PARTS]
        ],
        "left_out": len(parts[MOST_PARTS:]),
        "left_out_customers": sum(len(part.members) for part in parts[MOST_PARTS:]),
    }


def pair(left: NamedSet, right: NamedSet) -> Overlap:
    """Two sets as numbers."""
    return overlap(_members(left), _members(right))


def differences(left: NamedSet, right: NamedSet, *, most: int = 20) -> list[Difference]:
    """The tag values in whose shares the two differ most, the largest difference first."""
    total = everybody()
    pairs = zip(breakdown(_members(left), total), breakdown(_members(right), total), strict=True)
    found = [Difference(one.named_set, one, other) for one, other in pairs]
    own = {(left.key, left.value), (right.key, right.value)}
    telling = [one for one in found if abs(one.points) >= LEAST and (one.named_set.key, one.named_set.value) not in own]
    return sorted(telling, key=lambda one: -abs(one.points))[:most]


def lift_rows(segment: Segment, *, query: str = "", order: str = "lift") -> list[Part]:
    """Every tag value among a segment's customers beside everybody: by lift, by customers, or in the tags' order."""
    parts = [part for part in breakdown(store.current(NamedSet.Kind.SEGMENT, segment.key), everybody()) if part.times]
    parts = [part for part in parts if found_by(query, full_label(part.named_set))]
    if order == "customers":
        return sorted(parts, key=lambda part: -part.customers)
    return sorted(parts, key=lambda part: (not part.is_clear, -(part.times or 0))) if order == "lift" else parts


def share_chart(parts: Sequence[Part], here: str, all_customers: str) -> dict[str, Any]:
    """The data of a chart of kind "bar": each value's share here and among everybody."""
    return {
        "x": [value_label(part.named_set) for part in parts],
        "series": [
            {"name": here, "data": [round(part.share, 4) for part in parts]},
            {"name": all_customers, "data": [round(part.share_of_all, 4) for part in parts], "colour": "secondary"},
        ],
        "format": "percent",
    }


def _making(sets: Sequence[NamedSet], inside: Sequence[int]) -> str:
    """The page that makes a segment of a part, if all are segments: in all these, and in none of the others."""
    if any(one.kind != NamedSet.Kind.SEGMENT for one in sets):
        return ""
    wanted = [sets[place].key for place in inside]
    without = [one.key for place, one in enumerate(sets) if place not in inside]
    return reverse("segmentation:segment_from_sets", query={"operation": "all", "of": wanted, "without": without})


def _members(named_set: NamedSet) -> AbstractBitMap:
    return store.as_kept(named_set.current)  # type: ignore[arg-type]


def _size(named_set: NamedSet) -> int:
    return named_set.current.size if named_set.current else 0
