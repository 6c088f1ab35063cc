"""Whom we tell of changes, and every message that was or will be sent."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.sealed import Sealed


class Kind(models.TextChoices):
    """What there is to be told of."""

    ENTERED = "customers.entered", _("Customers entered")
    LEFT = "customers.left", _("Customers left")
    RUN_FAILED = "run.failed", _("A run failed")
    FROZEN = "audience.frozen", _("An audience was frozen")
    TEST = "test", _("Test")


class WebhookEndpoint(models.Model):
    """An address that messages are sent to. Its secret is kept encrypted and was shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.URLField(_("address"), max_length=500)
    # Values of `Kind`.
    kinds = models.JSONField(_("tells of"), default=list)
    # "segment/vip", "tag/level", "tag/level/gold", "audience/spring"; none: everything.
    subjects = models.JSONField(_("only of"), default=list, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    sealed = Sealed("webhook", "pk", {"secret": "secret", "old_secret": "secret"})
    # Why it was switched off by itself.
    switched_off = models.CharField(max_length=50, blank=True, editable=False)
    secret = models.TextField(editable=False)
    # Signs beside the new one until then, so that a receiver can change over.
    old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str, subject: str) -> bool:
        """Whether it asked to be told of this."""
        named = any(subject == wanted or subject.startswith(f"{wanted}/") for wanted in self.subjects)
        return kind in self.kinds and (named or not self.subjects)


class WebhookMessage(models.Model):
    """One message to one address: written with its cause, sent until it is taken, kept as the log.

    It holds no customers: those of a set's part are read from the set's version when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="messages")
    # The receiver knows by it that a message came twice.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    # Messages about one subject are sent one after the other.
    subject = models.CharField(_("about"), max_length=180)
    data = models.JSONField(default=dict)
    version = models.ForeignKey("segmentation.SetVersion", on_delete=models.CASCADE, null=True, related_name="+")
    part = models.PositiveIntegerField(default=1)
    parts = models.PositiveIntegerField(default=1)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, editable=False)
    fence = models.PositiveIntegerField(default=0, editable=False)
    # Of the last try: what was answered (0: nothing), what went wrong, how long it took.
    status = models.PositiveSmallIntegerField(_("answer"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["endpoint", "subject", "id"], condition=models.Q(state="waiting"), name="webhook_waiting"
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} → {self.endpoint_id}"

    @property
    def webhook_id(self) -> str:
        return f"msg_{self.public_id.hex}"
