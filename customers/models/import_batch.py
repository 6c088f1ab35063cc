"""Imports: where rows came from and what became of each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """One import. Its books close: rows read = the sum of what became of them (`counts`)."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    # What its rows are about, a key of customers/ingest/contents; a source that is no file has none.
    contents = models.CharField(_("contents"), max_length=50, blank=True)
    # The format, a key of customers/ingest/sources, or what else the rows came from.
    source = models.CharField(_("source"), max_length=50)
    file_name = models.CharField(_("file"), max_length=255)
    # Where the uploaded copy lies, below MEDIA_ROOT; empty for an import from the command line.
    path = models.CharField(max_length=500, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    mapping = models.JSONField(_("column mapping"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    rows_read = models.PositiveBigIntegerField(_("rows read"), default=0)
    rows_total = models.PositiveBigIntegerField(_("rows in the file"), null=True, blank=True)
    # What became of the rows, by outcome: {"order_lines": 397884, "cancellations": 8905, …}.
    counts = models.JSONField(_("books"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    notice = models.TextField(_("publisher's notice"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    # Grows with each process that takes the import, so that a process that lost it changes nothing.
    fence = models.PositiveIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"


class ImportReject(models.Model):
    """A row that was refused or set aside, with the reason."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveBigIntegerField(_("line"))
    outcome = models.CharField(_("outcome"), max_length=50)
    reason = models.CharField(_("reason"), max_length=200)
    row = models.JSONField(_("row"))

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="reject_once")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
