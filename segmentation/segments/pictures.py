"""A segment in pictures: its size over time, and what sets its customers apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from segmentation.segments.models import Segment
from segmentation.segments.selectors import SegmentRow
from segmentation.sets import store
from segmentation.sets.breakdown import Part, breakdown, by_tag, most_telling
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.names import set_label
from segmentation.sets.selectors import everybody

# A picture of more segments cannot be read.
MOST_COMPARED = 12


@dataclass(frozen=True)
class Portrait:
    """What a segment is made of. `tags` are those it can be broken down by, `chosen` the one that `parts` are of."""

    telling: list[Part]
    tags: list[tuple[str, str]]
    chosen: str
    parts: list[Part]


def portrait_of(segment: Segment, tag: str = "") -> Portrait | None:
    """The portrait, broken down by `tag` or by the first one; None before the first run, and for nobody."""
    try:
        members = store.current(NamedSet.Kind.SEGMENT, segment.key)
    except store.NotComputed:
        return None
    if not members:
        return None
    parts = breakdown(members, everybody())
    tags = by_tag(parts)
    chosen = tag if tag in tags else next(iter(tags), "")
    labels = [(key, set_label(found[0].named_set)) for key, found in tags.items()]
    return Portrait(most_telling(parts), labels, chosen, tags.get(chosen, []))


def overlap_chart(rows: Sequence[SegmentRow]) -> dict[str, Any] | None:
    """The data of a chart of kind "heatmap": what share of each segment (row) is in each other one (column).

    None when fewer than two segments have customers. Only the largest are drawn.
    """
    largest = sorted((row for row in rows if row.size), key=lambda row: -(row.size or 0))[:MOST_COMPARED]
    if len(largest) < 2:
        return None
    names = [row.segment.name for row in largest]
    sets = store.current_many((NamedSet.Kind.SEGMENT, row.segment.key, "") for row in largest)
    members = list(reversed(sets.values()))  # the chart draws from the bottom up
    cells = [
        [x, y, round(one.intersection_cardinality(other) / len(one), 4)]
        for y, one in enumerate(members)
        for x, other in enumerate(sets.values())
        if one is not other and len(one)
    ]
    return {"x": names, "y": names[::-1], "cells": cells, "format": "percent"}


def size_chart(versions: Sequence[SetVersion]) -> dict[str, Any]:
    """The data of a chart of kind "line": one point for each run."""
    days = [date_format(timezone.localtime(version.as_of), "SHORT_DATE_FORMAT") for version in versions]
    sizes = [version.size for version in versions]
    return {"x": days, "series": [{"name": _("Customers"), "data": sizes, "area": True}], "legend": False}
