"""What customers allow. Append-only: the newest row of a purpose and channel counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A way to reach a customer."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PUSH = "push", _("App push")
    POST = "post", _("Post")


class Consent(models.Model):
    """One answer of a customer to one question: may we use this channel for this purpose?"""

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=50, default="marketing")
    # Empty for what has none: whether somebody may be profiled.
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, blank=True)
    granted = models.BooleanField(_("granted"))
    at = models.DateTimeField(_("at"))
    source = models.CharField(_("source"), max_length=100)
    text_version = models.CharField(_("version of the text"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        # All that `consent.reachable` asks lies in it, so that the rows need not be read.
        indexes = [models.Index(fields=["purpose", "channel", "granted", "customer", "at"], name="consent_answers")]
        constraints = [
            models.UniqueConstraint(fields=["customer", "purpose", "channel", "at"], name="consent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.channel} of #{self.customer_id}: {'yes' if self.granted else 'no'}"
