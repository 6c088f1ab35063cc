"""What customers may ask for: to be forgotten, and that the names under which they were known stay forgotten."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Days in which a request is to be answered.
DUE = timedelta(days=15)


def due() -> datetime:
    return timezone.now() + DUE


class Erasure(models.Model):
    """One customer to be forgotten. Holds no personal data: what is left of it in the end is the receipt."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        REFUSED = "refused", _("Refused")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")

    # All who count as this one customer: itself, and whoever was merged into it. Dense ids, known to nobody outside.
    customer_ids = models.JSONField(_("customers"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=due)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    # Rows, files or members removed, by store; grows store by store, so that a killed job goes on where it was.
    receipt = models.JSONField(_("receipt"), default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-requested_at"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def overdue(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING} and self.due_at < timezone.now()


class ErasedName(models.Model):
    """A keyed hash of a name of somebody who was forgotten. What is told under it later is not taken in."""

    digest = models.CharField(max_length=64, unique=True)
    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="names")

    class Meta:
        verbose_name = _("erased name")
        verbose_name_plural = _("erased names")

    def __str__(self) -> str:
        return self.digest[:8]


class KeptKey(models.Model):
    """A derived key that has to outlive the secret it came from, sealed with the newest one: see `rotate_keys`."""

    purpose = models.CharField(max_length=60)
    # Which secret it came from; not the secret.
    secret = models.CharField(max_length=8)
    sealed = models.TextField()

    class Meta:
        verbose_name = _("kept key")
        verbose_name_plural = _("kept keys")
        constraints = [models.UniqueConstraint(fields=["purpose", "secret"], name="kept_key_once")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.secret}"
