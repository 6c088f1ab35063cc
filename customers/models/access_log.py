"""Who saw, exported or changed what about whom. Append-only."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessLog(models.Model):
    """One reveal, export or change. Written through `customers.privacy.access_log.record` only."""

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, verbose_name=_("actor"))
    action = models.CharField(_("action"), max_length=50)
    object_kind = models.CharField(_("kind of object"), max_length=50)
    object_key = models.CharField(_("object"), max_length=100)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    # Unique: the chain cannot fork.
    previous_hash = models.CharField(max_length=64, unique=True, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("access log entry")
        verbose_name_plural = _("access log")
        ordering = ["-id"]
        # Read by the brake on guessing passwords.
        indexes = [models.Index(fields=["object_kind", "at"], name="access_log_of_kind")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_key}"
