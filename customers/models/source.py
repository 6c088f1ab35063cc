"""Who sends events: sources with their write keys, what came in from each, and what had to be set aside."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.sealed import Sealed


class Source(models.Model):
    """A site, an app or a server that sends events. Only a hash of its write key is kept."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    platform = models.CharField(
        _("platform"), max_length=50, blank=True, help_text=_("Where customers meet us there: web, app, mini program…")
    )
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    key_start = models.CharField(_("key begins with"), max_length=12, editable=False)
    enabled = models.BooleanField(_("enabled"), default=True)
    rate_limit = models.PositiveIntegerField(
        _("events a minute, at most"), null=True, blank=True, help_text=_("Empty: as many as it sends.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class IntakeMinute(models.Model):
    """What a source sent in one minute; without a source: requests whose write key nobody knows."""

    # No foreign key: the books outlive a source, and 0 stands for nobody.
    source_id = models.BigIntegerField(_("source"))
    minute = models.DateTimeField(_("minute"))
    events = models.PositiveBigIntegerField(_("events"), default=0)
    profiles = models.PositiveBigIntegerField(_("profiles"), default=0)
    duplicates = models.PositiveBigIntegerField(_("sent again"), default=0)
    quarantined = models.PositiveBigIntegerField(_("set aside"), default=0)
    refused = models.PositiveBigIntegerField(_("requests refused"), default=0)

    class Meta:
        verbose_name = _("intake of a minute")
        verbose_name_plural = _("intake by minute")
        constraints = [models.UniqueConstraint(fields=["source_id", "minute"], name="intake_minute_once")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.minute:%Y-%m-%d %H:%M}"


class QuarantinedMessage(models.Model):
    """A message that was received and could not be stored, with the reason. Its text is encrypted."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        REPLAYED = "replayed", _("Replayed")
        DROPPED = "dropped", _("Dropped")

    # Of source, message id and text: a message sent again is set aside once.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, verbose_name=_("source"))
    kind = models.CharField(_("kind of message"), max_length=20, blank=True)
    event = models.CharField(_("event"), max_length=100, blank=True)
    message_id = models.CharField(_("message id"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=50)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    sealed = Sealed("customers_quarantinedmessage", "digest", {"payload": "payload"})
    # Empty for one that is too large to be kept.
    payload = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("message set aside")
        verbose_name_plural = _("messages set aside")
        indexes = [models.Index(fields=["state", "reason"], name="quarantine_of_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}: {self.reason}"
