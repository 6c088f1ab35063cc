"""The back office's own list of changes, which writes down how an object was called."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from segmentation.privacy.keepings.base import SAMPLED, GoOn, Keeping, in_parts


class BackOfficeLog(Keeping):
    label = _("History in the back office")
    what = _("Who changed which object there, with its name.")
    remains = _("The sealed access log, which names objects by number only.")
    order = 60

    def due(self, before: datetime) -> int:
        return LogEntry.objects.filter(action_time__lt=before).count()

    def sample(self, before: datetime) -> list[str]:
        rows = LogEntry.objects.filter(action_time__lt=before).order_by("action_time")
        return [
            f"{one.content_type} · {one.action_time:%Y-%m-%d}" for one in rows.select_related("content_type")[:SAMPLED]
        ]

    def remove(self, before: datetime, go_on: GoOn) -> int:
        return in_parts(LogEntry.objects.filter(action_time__lt=before), lambda some: some.delete(), go_on)
