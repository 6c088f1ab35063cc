"""Whom we leave alone, whatever the campaign: the suppression list, and the shop's rules of contact."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Channel

LARGEST_UNIVERSAL = 20


class Suppression(models.Model):
    """A customer who gets nothing over a channel (all channels if empty): for good, or quiet until a moment."""

    class Reason(models.TextChoices):
        COMPLAINT = "complaint", _("Complaint")
        REQUEST = "request", _("Asked to be left alone")
        BOUNCED = "bounced", _("Address does not work")
        LEGAL = "legal", _("Legal")
        STAFF = "staff", _("Staff or test account")
        OTHER = "other", _("Other")

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="suppressions")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, default=Reason.OTHER)
    # Who or what told us: "hotline", "import of 2026-03-17", the name of a mail service.
    source = models.CharField(_("source"), max_length=100, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["customer", "channel"], name="suppressed_once")]

    def __str__(self) -> str:
        return f"#{self.customer_id} {self.channel or '*'}"


class ContactPolicy(models.Model):
    """The shop's rules of contact, over all campaigns. One row."""

    key = models.CharField(max_length=10, unique=True, default="shop", editable=False)
    # Customers who never get any campaign, so that the effect of all campaigns together can be measured.
    universal_percent = models.PositiveSmallIntegerField(
        _("universal holdout, %"), default=0, validators=[MaxValueValidator(LARGEST_UNIVERSAL)]
    )
    universal_salt = models.UUIDField(default=uuid.uuid4, editable=False)
    # By channel: {"email": {"most": 2, "days": 7}} is at most two campaigns in seven days.
    caps = models.JSONField(_("frequency caps"), default=dict, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("rules of contact")
        verbose_name_plural = _("rules of contact")

    def __str__(self) -> str:
        return self.key
