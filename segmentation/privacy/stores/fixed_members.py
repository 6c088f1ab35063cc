"""Snapshots and uploaded lists of customers that segments are made of."""

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from segmentation.privacy.stores.base import Store, Subject
from segmentation.segments.fixed_models import FixedMembers
from segmentation.segments.lists import packed, refused_of
from segmentation.sets import store


class FixedLists(Store):
    """The customer leaves the list, and refused lines with a name of the customer go; the books stay."""

    label = _("Snapshots and uploaded lists")
    order = 35
    covers = ("segmentation.FixedMembers",)

    def count(self, subject: Subject) -> int:
        return sum(_kept(fixed, subject) is not None for fixed in FixedMembers.objects.iterator())

    def erase(self, subject: Subject) -> None:
        for fixed in FixedMembers.objects.select_for_update().iterator():
            if kept := _kept(fixed, subject):
                fixed.members, fixed.refused = kept
                fixed.save(update_fields=["members", "refused"])


def _kept(fixed: FixedMembers, subject: Subject) -> tuple[bytes, bytes] | None:
    """Members and refused lines without the customer; None if the customer is not there."""
    members, ids = store.load(fixed.members), BitMap(subject.ids)
    refused = list(refused_of(fixed))
    others = [line for line in refused if not subject.is_named_in(line[1].split(","))]
    if not members & ids and len(others) == len(refused):
        return None
    return store.dump(members - ids), packed(others)
