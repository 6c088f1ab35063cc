"""The columnar copy, with the files that older versions of its tables left lying."""

from django.utils.translation import gettext_lazy as _

from segmentation.lake import forgetting
from segmentation.privacy.stores.base import Store, Subject


class Lake(Store):
    """Files with rows of the customer are written anew without them, the old files and logs are deleted at once."""

    label = _("The lake")
    order = 90
    covers = ("lake.events", "lake.items", "lake.customers", "lake.features", "segmentation.LakeSnapshot")
    alone = True

    def count(self, subject: Subject) -> int:
        return forgetting.count(subject.ids)

    def erase(self, subject: Subject) -> None:
        forgetting.forget(subject.ids)
