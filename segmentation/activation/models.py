"""What left the house."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """One frozen audience handed to one destination."""

    version = models.ForeignKey("segmentation.AudienceVersion", on_delete=models.PROTECT, related_name="exports")
    run = models.ForeignKey("segmentation.Run", on_delete=models.PROTECT)
    # File name in segmentation/activation/destinations/.
    destination = models.CharField(_("destination"), max_length=20)
    options = models.JSONField(_("options"), default=dict, blank=True)
    path = models.CharField(max_length=500, blank=True, editable=False)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.version} → {self.destination}"
