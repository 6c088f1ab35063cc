"""The run: one computation, from its request to its end."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One computation of one object. A worker claims it, keeps its lease alive, and commits once, fenced."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        DEAD = "dead", _("Dead")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What is computed: "lake.sync", "profiles.compute", "tags.compute", "segments.compute", …
    kind = models.CharField(_("kind"), max_length=50)
    # Key of the tag, segment or audience; empty for runs about all customers.
    subject = models.CharField(_("subject"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    # Set while queued or running, so that no object is ever computed twice at once.
    active_key = models.CharField(max_length=160, unique=True, null=True, editable=False)  # noqa: DJ001 (null repeats)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    # Tries before it is dead, and seconds that one may take; empty for as long as any run may.
    max_attempts = models.PositiveSmallIntegerField(default=3, editable=False)
    timeout_seconds = models.PositiveIntegerField(null=True, blank=True, editable=False)
    fence = models.PositiveBigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    as_of = models.DateTimeField(_("base date"))
    seed = models.PositiveIntegerField(_("seed"), default=0)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    definition_version = models.PositiveIntegerField(_("definition version"), null=True, blank=True)
    lake_snapshot = models.ForeignKey(
        "segmentation.LakeSnapshot", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("lake version")
    )

    phase = models.CharField(_("phase"), max_length=100, blank=True)
    progress_done = models.PositiveBigIntegerField(_("done"), default=0)
    progress_total = models.PositiveBigIntegerField(_("of"), default=0)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error_code = models.CharField(_("error code"), max_length=50, blank=True)
    error = models.TextField(_("error"), blank=True)

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    rung_at = models.DateTimeField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-requested_at"]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="run_state_lease"),
            models.Index(fields=["kind", "subject", "-requested_at"], name="run_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    @property
    def is_active(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def percent(self) -> int:
        return min(100, self.progress_done * 100 // self.progress_total) if self.progress_total else 0
