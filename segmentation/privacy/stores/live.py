"""What waits to be judged anew, and what was worked out since the sets' newest versions."""

from django.utils.translation import gettext_lazy as _

from customers.models import Touched
from segmentation.privacy.stores.base import Store, Subject
from segmentation.sets.models import LiveMember


class Live(Store):
    """Rows by the customer's number; nothing to tell that the sets do not tell."""

    label = _("Tags and segments of the last minutes")
    order = 75
    covers = (Touched._meta.label, LiveMember._meta.label)

    def count(self, subject: Subject) -> int:
        return sum(model.objects.filter(customer_id__in=subject.ids).count() for model in (Touched, LiveMember))

    def erase(self, subject: Subject) -> None:
        for model in (Touched, LiveMember):
            model.objects.filter(customer_id__in=subject.ids).delete()
