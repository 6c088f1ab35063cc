"""Segments and the versions of their rules."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.dependencies import Name
from segmentation.recycle_bin import Binnable
from segmentation.review import ReviewedVersion
from segmentation.rules.references import named_in
from segmentation.runs.routine import Routine
from segmentation.segments.origins import WORDS, origin_of
from segmentation.tags.models import in_language


class Segment(Routine, Binnable):
    """A group of customers, described by a rule. Its customers are the set (segment, key)."""

    reference_kind = "segment"

    class Status(models.TextChoices):
        REVIEW = "review", _("Under review")
        LIVE = "live", _("Live")
        RETIRED = "retired", _("Retired")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    description_zh = models.TextField(_("description in Chinese"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    # Under review only before its first version is live; a live segment stays so while a change is reviewed.
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.LIVE, editable=False)
    # Key of the template it was made from, if any.
    template = models.CharField(_("template"), max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("owner")
    )
    live_version = models.ForeignKey(
        "segmentation.SegmentVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_run = models.ForeignKey(
        "segmentation.Run", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["key"]
        permissions = [("publish_segment", _("Can publish and retire segments"))]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def description(self) -> str:
        return in_language(self.description_zh, self.description_en)

    @property
    def references(self) -> set[Name]:
        """What its rule refers to."""
        version = self.live_version or self.versions.first()
        return named_in(version.rule) if version and self.status != self.Status.RETIRED else set()

    @property
    def origin(self) -> str:
        """How it is made: "rule", "sets", "snapshot" or "list"."""
        return origin_of(self.live_version.rule if self.live_version else None)

    @property
    def origin_words(self) -> str:
        return str(WORDS[self.origin])


class SegmentVersion(ReviewedVersion):
    """A rule as it stood, or the customers that were named: see `segments.fixed`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    rule = models.JSONField(_("rule"))

    class Meta:
        verbose_name = _("segment version")
        verbose_name_plural = _("segment versions")
        ordering = ["segment", "-number"]
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="segment_version_once")]

    def __str__(self) -> str:
        return f"{self.segment.key} v{self.number}"
