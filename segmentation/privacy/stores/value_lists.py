"""Lists of customers and values that were taken for a tag."""

import msgspec
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from segmentation.privacy.stores.base import Store, Subject
from segmentation.sets import store
from segmentation.tags.given_models import ValueList


class ValueLists(Store):
    """The customer leaves the lists; their books stay as they were when the list was taken."""

    label = _("Lists of values")
    order = 60
    covers = ("segmentation.ValueList",)

    def count(self, subject: Subject) -> int:
        ids = BitMap(subject.ids)
        return sum(any(found & ids for found in _members(taken).values()) for taken in ValueList.objects.iterator())

    def erase(self, subject: Subject) -> None:
        ids = BitMap(subject.ids)
        for taken in ValueList.objects.select_for_update().iterator():
            members = _members(taken)
            if any(found & ids for found in members.values()):
                kept = {value: store.dump(found - ids) for value, found in members.items()}
                taken.members = msgspec.msgpack.encode(kept)
                taken.save(update_fields=["members"])


def _members(taken: ValueList) -> dict[str, BitMap]:
    packed = msgspec.msgpack.decode(bytes(taken.members), type=dict[str, bytes])
    return {value: store.load(data) for value, data in packed.items()}
