"""Takes customers out of every version of every set, so that history adds up as if they had never been in it."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from pyroaring import BitMap

from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.packing import dump, dump_small, load

PARTS = ("members", "entered", "left")


def count(ids: Iterable[int]) -> int:
    """How many versions of sets hold one of these customers, as a member or as one who entered or left."""
    gone = BitMap(ids)
    return sum(any(load(part) & gone for part in parts) for _pk, parts in _parts())


def forget(ids: Iterable[int]) -> None:
    """Take these customers out, set by set. Safe to repeat."""
    gone = BitMap(ids)
    for named_set in NamedSet.objects.order_by("pk"):
        with transaction.atomic():
            NamedSet.objects.select_for_update(of=("self",)).get(pk=named_set.pk)
            present = BitMap()
            for version in named_set.versions.order_by("as_of", "number").iterator(chunk_size=100):
                entered, left = load(version.entered) & gone, load(version.left) & gone
                present = (present | entered) - left
                if present or entered or left:
                    _take_out(version, present, entered, left)


def memberships(ids: Iterable[int]) -> list[NamedSet]:
    """The sets that one of these customers is in now."""
    gone = BitMap(ids)
    computed = NamedSet.objects.filter(current__isnull=False, binned=False).select_related("current").order_by("pk")
    return [one for one in computed if one.current and load(one.current.members or dump(BitMap())) & gone]


def _parts() -> Iterable[tuple[int, list[bytes]]]:
    for pk, *parts in SetVersion.objects.values_list("pk", *PARTS).iterator(chunk_size=100):
        yield pk, [part for part in parts if part is not None]


def _take_out(version: SetVersion, present: BitMap, entered: BitMap, left: BitMap) -> None:
    """Of those to forget, these were in the set as the version left it, and these came and went with it."""
    version.size -= len(present)
    version.entered_count -= len(entered)
    version.left_count -= len(left)
    version.entered = dump_small(load(version.entered) - entered)
    version.left = dump_small(load(version.left) - left)
    if version.members is not None:
        version.members = dump(load(version.members) - present)
    # So that no process goes on reading the old members from its cache.
    version.created_at += timedelta(microseconds=1)
    version.save()
