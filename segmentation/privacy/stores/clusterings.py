"""What clusterings tell of single customers: typical customers, points of maps, who waits to move."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from segmentation.privacy.stores.base import Store, Subject
from segmentation.segments import forgetting


class Clusterings(Store):
    """The customer leaves cards, maps and waiting lists; figures of groups are of many, and stay."""

    label = _("Clusterings: maps and typical customers")
    order = 65
    covers = ("segmentation.TagValue", "segmentation.Run")

    def count(self, subject: Subject) -> int:
        with transaction.atomic():
            found = forgetting.forget(subject.ids)
            transaction.set_rollback(True)
        return found

    def erase(self, subject: Subject) -> None:
        forgetting.forget(subject.ids)
