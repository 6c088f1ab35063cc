"""What customers did."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Event
from segmentation.lake.forgetting import forget_before
from segmentation.privacy.keepings.base import SAMPLED, GoOn, Keeping, in_parts


class Events(Keeping):
    label = _("Events")
    what = _("Orders, visits and all else that customers did, by the time at which they did it; in the lake, too.")
    remains = _(
        "Counts of imports, sizes and members of tags and segments over time, features of earlier base dates, results"
        " of campaigns. Rules and features asked about earlier dates no longer find what went."
    )
    order = 10

    def due(self, before: datetime) -> int:
        return Event.objects.filter(time__lt=before).count()

    def sample(self, before: datetime) -> list[str]:
        oldest = Event.objects.filter(time__lt=before).order_by("time", "pk").values_list("name", "time", "customer_id")
        return [f"{name} · {time:%Y-%m-%d} · #{customer}" for name, time, customer in oldest[:SAMPLED]]

    def remove(self, before: datetime, go_on: GoOn) -> int:
        rows = Event.objects.filter(time__lt=before)
        return forget_before(before, lambda: in_parts(rows, lambda some: some.delete(), go_on))
