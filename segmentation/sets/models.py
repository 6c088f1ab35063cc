"""Sets of customers, with their history."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from segmentation.sets.packing import load


class NamedSet(models.Model):
    """A set that something stands for. `current` is what readers see; nothing is there before the first run.

    Made together with its owner (tag value, segment, audience), so that rules can name it at once.
    """

    class Kind(models.TextChoices):
        TAG_VALUE = "tag_value", _("Tag value")
        SEGMENT = "segment", _("Segment")
        AUDIENCE = "audience", _("Audience")
        HOLDOUT = "holdout", _("Holdout")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # Key of the tag, segment or audience.
    key = models.CharField(_("key"), max_length=60)
    # Key of the value, for a tag value; else empty.
    value = models.CharField(_("value"), max_length=100, blank=True)
    label_zh = models.CharField(_("name in Chinese"), max_length=200)
    label_en = models.CharField(_("name in English"), max_length=200)
    value_label_zh = models.CharField(_("value in Chinese"), max_length=200, blank=True)
    value_label_en = models.CharField(_("value in English"), max_length=200, blank=True)
    # Of a tag's value: where customers have it from who are in no set of another origin (see `sets.origins`).
    origin = models.CharField(max_length=20, blank=True, editable=False)
    # Order of the values of a tag.
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    # Its owner is in the recycle bin: no rule can name it and no page shows it, but its history is kept.
    binned = models.BooleanField(default=False, editable=False)
    current = models.ForeignKey(
        "segmentation.SetVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("set")
        verbose_name_plural = _("sets")
        constraints = [models.UniqueConstraint(fields=["kind", "key", "value"], name="named_set_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}" + (f"={self.value}" if self.value else "")


class LiveMember(models.Model):
    """What was worked out of one customer and one set since the set's newest version: it counts if it is younger."""

    named_set = models.ForeignKey(NamedSet, on_delete=models.CASCADE, related_name="live")
    # No foreign key: rows are written by the thousand.
    customer_id = models.BigIntegerField()
    inside = models.BooleanField()
    as_of = models.DateTimeField()

    class Meta:
        verbose_name = _("live member")
        verbose_name_plural = _("live members")
        constraints = [models.UniqueConstraint(fields=["customer_id", "named_set"], name="live_member_once")]

    def __str__(self) -> str:
        return f"#{self.customer_id} in {self.named_set_id}: {self.inside}"


class SetVersion(models.Model):
    """The set as one run left it: size = size before + entered − left. The newest row holds all members.

    Versions follow each other by base date, those of one base date by number; a number only says which was made first.
    """

    named_set = models.ForeignKey(NamedSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    run = models.ForeignKey("segmentation.Run", on_delete=models.PROTECT, null=True, related_name="set_versions")
    as_of = models.DateTimeField(_("base date"))
    size = models.PositiveBigIntegerField(_("size"))
    entered_count = models.PositiveBigIntegerField(_("entered"))
    left_count = models.PositiveBigIntegerField(_("left"))
    # Bytes of sets.packing. `members` is kept for the newest version only; older ones follow from the differences.
    members = models.BinaryField(null=True)
    entered = models.BinaryField()
    left = models.BinaryField()
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("set version")
        verbose_name_plural = _("set versions")
        ordering = ["named_set", "number"]
        constraints = [models.UniqueConstraint(fields=["named_set", "number"], name="set_version_once")]
        indexes = [models.Index(fields=["named_set", "as_of", "number"], name="set_version_by_date")]

    def __str__(self) -> str:
        return f"{self.named_set} v{self.number}"

    def moved(self, *, entered: bool) -> BitMap:
        """Who entered with this version; or who left."""
        return load(self.entered if entered else self.left)
