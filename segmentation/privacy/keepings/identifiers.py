"""Who customers are that have not been seen for long."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Event, PersonalRecord
from segmentation.privacy.keepings.base import SAMPLED, GoOn, Keeping, in_parts


class Identifiers(Keeping):
    label = _("Names, phones and addresses of inactive customers")
    what = _("The encrypted record of customers who did nothing since, and are not merged with somebody who did.")
    remains = _("The customer under its number with all facts; keyed hashes of e-mail and phone, to know it again.")
    order = 30

    def due(self, before: datetime) -> int:
        return self._rows(before).count()

    def sample(self, before: datetime) -> list[str]:
        return [f"#{pk}" for pk in self._rows(before).order_by("pk").values_list("pk", flat=True)[:SAMPLED]]

    def remove(self, before: datetime, go_on: GoOn) -> int:
        return in_parts(self._rows(before), lambda some: some.delete(), go_on)

    def _rows(self, before: datetime) -> QuerySet[PersonalRecord]:
        group = Q(customer=OuterRef("pk")) | Q(customer__merged_into=OuterRef("pk"))
        lately = Event.objects.filter(group, time__gte=before)
        old = PersonalRecord.objects.filter(customer__created_at__lt=before, customer__merged_into=None)
        return old.exclude(Exists(lately))
