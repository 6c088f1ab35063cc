"""Rows of imports that were refused."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import ImportReject
from segmentation.privacy.keepings.base import SAMPLED, GoOn, Keeping, in_parts


class RowsSetAside(Keeping):
    label = _("Refused rows of imports")
    what = _("Rows of imported files that could not be stored, as they stood in the file, for download.")
    remains = _("Line and reason of each row, and all counts: the books of the import still close.")
    order = 50

    def due(self, before: datetime) -> int:
        return self._rows(before).count()

    def sample(self, before: datetime) -> list[str]:
        rows = self._rows(before).order_by("pk").values_list("reason", "batch_id", "line")
        return [f"{reason} · {batch}:{line}" for reason, batch, line in rows[:SAMPLED]]

    def remove(self, before: datetime, go_on: GoOn) -> int:
        return in_parts(self._rows(before), lambda some: some.update(row={}), go_on)

    def _rows(self, before: datetime) -> QuerySet[ImportReject]:
        return ImportReject.objects.filter(batch__created_at__lt=before).exclude(row={})
