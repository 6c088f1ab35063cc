"""Files that were made of frozen audiences."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from segmentation.activation.models import Export
from segmentation.privacy.stores.base import Store, Subject
from segmentation.sets import store


class Exports(Store):
    """A file with the customer in it is deleted; the record of what was handed on stays, without a file."""

    label = _("Exported files")
    order = 20
    covers = ("segmentation.Export",)

    def count(self, subject: Subject) -> int:
        return len([export for export in self._with(subject) if export.path])

    def erase(self, subject: Subject) -> None:
        for export in self._with(subject):
            if export.path:
                (settings.EXPORT_DIR / export.path).unlink(missing_ok=True)
                Export.objects.filter(pk=export.pk).update(path="")

    def tell(self, subject: Subject) -> Any:
        return [
            {
                "audience": export.version.audience.name,
                "at": export.created_at,
                "destination": export.destination,
                "columns": export.options.get("columns", []),
            }
            for export in self._with(subject)
        ]

    def _with(self, subject: Subject) -> list[Export]:
        ids = BitMap(subject.ids)
        exports = Export.objects.select_related("version__reached", "version__audience").order_by("pk")
        return [export for export in exports if store.as_kept(export.version.reached) & ids]
