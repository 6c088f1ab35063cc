"""The back office's own list of what was done there, which writes down how an object was called."""

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from segmentation.privacy.stores.base import Store, Subject


class BackOfficeLog(Store):
    """Entries stay, without the customer's number."""

    label = _("History in the back office")
    order = 40
    covers = ("admin.LogEntry",)

    def count(self, subject: Subject) -> int:
        return self._entries(subject).count()

    def erase(self, subject: Subject) -> None:
        self._entries(subject).update(object_repr="")

    def _entries(self, subject: Subject) -> QuerySet[LogEntry]:
        named = Q(pk__in=[])
        for name in subject.names:
            named |= Q(object_repr__iexact=name)
        return LogEntry.objects.filter(named)
