"""Sets over time, to show: the versions of a tag's values or of a segment, and a customer's way through them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from pyroaring import BitMap

from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.names import set_label, value_label
from segmentation.sets.packing import holds
from segmentation.sets.selectors import named_sets
from segmentation.tags.models import Tag
from segmentation.tags.values import is_retired

KINDS: dict[str, tuple[type[Tag] | type[Segment], str]] = {
    "tag": (Tag, NamedSet.Kind.TAG_VALUE),
    "segment": (Segment, NamedSet.Kind.SEGMENT),
}
# The bytes of a bitmap of nobody.
EMPTY = len(store.dump(BitMap()))
# Moves that a customer's page shows at once, and versions that are looked through for them.
MOVES_SHOWN = 30
DAYS_OF_TIMELINE = 90
DRAWN = 12
READ_AT_ONCE = 200


@dataclass(frozen=True)
class Move:
    """A customer entered a set with a version, or left it. `first`: everybody in it came with it."""

    version: SetVersion
    named_set: NamedSet
    entered: bool
    first: bool


def sets_of(kind: str, owner: Any) -> list[NamedSet]:
    """The sets of a tag or segment; of a tag the values that it has, then those it had."""
    found = list(named_sets(KINDS[kind][1], owner.key))
    if kind == "segment":
        return found
    retired = {value.key: is_retired(value.detail) for value in owner.values.all()}
    return sorted(found, key=lambda one: retired.get(one.value, True))


def versions_of(named_set: NamedSet) -> QuerySet[SetVersion]:
    """All versions, the newest base date first, without their members."""
    return store.history(named_set).reverse()


def sizes_chart(named: list[NamedSet], since: datetime | None) -> dict[str, Any] | None:
    """The data of a chart of kind "line": the largest sets' sizes at each base date; None for fewer than two."""
    wanted = SetVersion.objects.filter(named_set__in=named).order_by("as_of", "number")
    rows = (wanted.filter(as_of__gte=since) if since else wanted).values_list("named_set", "as_of", "size")
    sizes: dict[int, dict[datetime, int]] = defaultdict(dict)
    for pk, as_of, size in rows:
        sizes[pk][as_of] = size
    days = sorted({day for found in sizes.values() for day in found})
    if len(days) < 2:
        return None
    drawn = sorted(named, key=lambda one: -max(sizes[one.pk].values(), default=0))[:DRAWN]
    return {
        "x": [date_format(timezone.localtime(day), "SHORT_DATE_FORMAT") for day in days],
        "series": [
            {"name": value_label(one) or set_label(one), "data": [sizes[one.pk].get(day) for day in days]}
            for one in drawn
            if sizes[one.pk]
        ],
        "legend": len(drawn) > 1,
    }


def moves_of(customer_id: int, *, now: datetime, kinds: tuple[str, ...] = tuple(KINDS)) -> list[list[Move]]:
    """When a customer got and lost tag values and entered and left segments lately, the newest run's moves first.

    Moves of one base date and one tag are told together.
    """
    sets = {one.pk: one for kind in kinds for one in named_sets(KINDS[kind][1])}
    wanted = SetVersion.objects.filter(
        Q(entered_count__gt=0) | Q(left_count__gt=0),
        named_set__kind__in=[KINDS[kind][1] for kind in kinds],
        as_of__gte=now - timedelta(days=DAYS_OF_TIMELINE),
        as_of__lte=now,
    )
    moves = _moves(customer_id, wanted.order_by("-as_of", "named_set__key", "-number", "named_set__order"), sets)
    together = groupby(moves, key=lambda move: (move.version.as_of, move.named_set.kind, move.named_set.key))
    return [list(group) for _key, group in islice(together, MOVES_SHOWN)]


def _moves(customer_id: int, versions: QuerySet[SetVersion], sets: dict[int, NamedSet]) -> Iterator[Move]:
    keys = list(versions.filter(named_set__in=sets).values_list("pk", flat=True))  # sorted without their bitmaps
    for start in range(0, len(keys), READ_AT_ONCE):
        some = SetVersion.objects.defer("members").in_bulk(keys[start : start + READ_AT_ONCE])
        for version in (some[pk] for pk in keys[start : start + READ_AT_ONCE]):
            for entered, data in ((True, version.entered), (False, version.left)):
                if len(data) > EMPTY and holds(data, customer_id):
                    named_set, first = sets[version.named_set_id], entered and version.entered_count == version.size
                    yield Move(version, named_set, entered, first)
