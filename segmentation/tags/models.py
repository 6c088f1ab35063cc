"""The taxonomy, its tags, their values and the versions of their definitions."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from segmentation.dependencies import Name
from segmentation.recycle_bin import Binnable
from segmentation.review import ReviewedVersion
from segmentation.rules.references import named_in
from segmentation.runs.routine import Routine


def in_language(zh: str, en: str) -> str:
    """The one of two names that fits the active language; the other when it is empty."""
    first, second = (zh, en) if (get_language() or "").startswith("zh") else (en, zh)
    return first or second


class Category(MP_Node):
    """A folder of the taxonomy."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    colour = models.CharField(_("colour"), max_length=20, blank=True, validators=[RegexValidator("^#[0-9a-fA-F]{6}$")])
    # Who may change what is in it; with none, whoever may change tags. See `tags.folders`.
    editors = models.ManyToManyField("auth.Group", verbose_name=_("editors"), blank=True, related_name="+")
    node_order_by: list[str] = []

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class Tag(Routine, Binnable):
    """A question that every customer is asked, with its values as answers."""

    reference_kind = "tag"

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Under review")
        LIVE = "live", _("Live")
        RETIRED = "retired", _("Retired")

    class WhenEmpty(models.TextChoices):
        CLEAR = "clear", _("Leave it empty")
        KEEP = "keep", _("Keep the last value")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="tags", verbose_name=_("category"))
    name_zh = models.CharField(_("name in Chinese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    description_zh = models.TextField(_("description in Chinese"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    # File name in segmentation/tags/kinds/.
    kind = models.CharField(_("kind"), max_length=20)
    # A customer has at most one value; the first that matches wins.
    exclusive = models.BooleanField(_("one value per customer"), default=True)
    # What becomes of a customer who had a value and gets none from a run.
    when_empty = models.CharField(
        _("when a value is missing"), max_length=5, choices=WhenEmpty, default=WhenEmpty.CLEAR
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("owner")
    )
    live_version = models.ForeignKey(
        "segmentation.TagVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_run = models.ForeignKey(
        "segmentation.Run", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        permissions = [
            ("publish_tag", _("Can publish and retire tags")),
            ("run_tag", _("Can start runs")),
        ]

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
        """What its definition refers to: the live one, or the draft's newest; nothing once retired."""
        version = self.live_version if self.status == self.Status.LIVE else self.versions.first()
        return named_in(version.definition) if version and self.status != self.Status.RETIRED else set()


class TagVersion(ReviewedVersion):
    """A definition as it stood; the live one is never edited in place."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="versions")
    # Read by the tag's kind.
    definition = models.JSONField(_("definition"))

    class Meta:
        verbose_name = _("tag version")
        verbose_name_plural = _("tag versions")
        ordering = ["tag", "-number"]
        constraints = [models.UniqueConstraint(fields=["tag", "number"], name="tag_version_once")]

    def __str__(self) -> str:
        return f"{self.tag.key} v{self.number}"


class TagValue(models.Model):
    """One answer. Its customers are the set (tag_value, tag key, value key)."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="values")
    key = models.CharField(_("key"), max_length=100)
    name_zh = models.CharField(_("name in Chinese"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"))
    colour = models.CharField(_("colour"), max_length=20, blank=True)
    # What distinguishes it, for the values of a clustering: shares, centres, why it has its name.
    detail = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("tag value")
        verbose_name_plural = _("tag values")
        ordering = ["tag", "order"]
        constraints = [models.UniqueConstraint(fields=["tag", "key"], name="tag_value_once")]

    def __str__(self) -> str:
        return f"{self.tag.key}={self.key}"

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)
