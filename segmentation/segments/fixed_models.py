"""Customers that a segment was told, not asked for: a snapshot of a set, or an uploaded list."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.tags.models import in_language


class FixedMembers(models.Model):
    """Who was named, when, by whom and out of what. Never edited: another list is another row, and a new version.

    Of a list, rows = matched + duplicate + unmatched + invalid.
    """

    class Origin(models.TextChoices):
        SNAPSHOT = "snapshot", _("Snapshot")
        LIST = "list", _("Uploaded list")

    segment = models.ForeignKey(
        "segmentation.Segment", on_delete=models.CASCADE, related_name="fixed", verbose_name=_("segment")
    )
    origin = models.CharField(_("made by"), max_length=10, choices=Origin)
    made_at = models.DateTimeField(_("created"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    # Of a snapshot: the set, as it was called, and which of its versions.
    of_kind = models.CharField(max_length=20, blank=True)
    of_key = models.CharField(max_length=60, blank=True)
    of_value = models.CharField(max_length=100, blank=True)
    of_name_zh = models.CharField(max_length=400, blank=True)
    of_name_en = models.CharField(max_length=400, blank=True)
    of_version = models.PositiveIntegerField(null=True)
    of_base_date = models.DateTimeField(null=True)
    # Of a list: its file and its books. `added` to the list before it, or in its place.
    name = models.CharField(_("file"), max_length=200, blank=True)
    added = models.BooleanField(default=False)
    rows = models.PositiveBigIntegerField(_("lines"), default=0)
    matched = models.PositiveBigIntegerField(_("matched"), default=0)
    unmatched = models.PositiveBigIntegerField(_("unknown customers"), default=0)
    duplicate = models.PositiveBigIntegerField(_("twice in it"), default=0)
    invalid = models.PositiveBigIntegerField(_("invalid"), default=0)
    # Every refused line as msgpack, compressed: line number, what stood there, which book, why.
    refused = models.BinaryField(editable=False, default=bytes)
    # Serialised Roaring bitmap.
    members = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("fixed members")
        verbose_name_plural = _("fixed members")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name or self.of_name

    @property
    def of_name(self) -> str:
        """What a snapshot was taken of, as it was called then."""
        return in_language(self.of_name_zh, self.of_name_en)

    @property
    def refused_count(self) -> int:
        return self.unmatched + self.duplicate + self.invalid
