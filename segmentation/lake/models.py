"""Which versions of the Delta tables belong together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LakeSnapshot(models.Model):
    """One consistent state of the lake. Readers use the newest; its id is the lake version that runs record."""

    # Delta version of each table, e.g. {"events": 3, "items": 3, "customers": 2, "features": 5}.
    versions = models.JSONField(_("table versions"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("lake snapshot")
        verbose_name_plural = _("lake snapshots")

    def __str__(self) -> str:
        return f"#{self.pk}"
