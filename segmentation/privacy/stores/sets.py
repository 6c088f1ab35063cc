"""Tags, segments, audiences and holdouts, with their whole history."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from segmentation.privacy.stores.base import Store, Subject
from segmentation.sets import forgetting


class Sets(Store):
    """The customer leaves every version of every set, as if never in it; sizes and differences agree again."""

    label = _("Tags, segments, audiences and their history")
    order = 70
    covers = ("segmentation.SetVersion", "segmentation.NamedSet", "segmentation.AudienceVersion")
    # A transaction per set, so that others get their turn.
    alone = True

    def count(self, subject: Subject) -> int:
        return forgetting.count(subject.ids)

    def erase(self, subject: Subject) -> None:
        forgetting.forget(subject.ids)

    def tell(self, subject: Subject) -> Any:
        found = forgetting.memberships(subject.ids)
        return [
            {"kind": one.kind, "key": one.key, "value": one.value, "name": one.label_en, "name_zh": one.label_zh}
            for one in found
        ]
