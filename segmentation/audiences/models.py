"""Audiences: segments turned into the people a campaign will really reach."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from segmentation.dependencies import Name
from segmentation.recycle_bin import Binnable
from segmentation.rules.references import named_in


class Audience(Binnable):
    """A campaign's audience. Its people are the set (audience, key), those kept out for measurement (holdout, key)."""

    reference_kind = "audience"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for approval")
        FROZEN = "frozen", _("Frozen")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=50, default="marketing")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    # Who, and who not, as rules of the one language.
    include = models.JSONField(_("include"))
    exclude = models.JSONField(_("exclude"), null=True, blank=True)
    holdout_percent = models.PositiveSmallIntegerField(_("holdout, %"), default=10)
    # How many at most, and which: by lot under the seed, or the first by a feature.
    size_limit = models.PositiveIntegerField(_("at most so many customers"), null=True, blank=True)
    size_by = models.CharField(_("best by"), max_length=60, blank=True)
    size_lowest = models.BooleanField(_("smallest first"), default=False)
    seed = models.PositiveIntegerField(_("seed of the lot"), default=0)
    # How the campaign is best measured, as a playbook proposes: {"metric": "conversion", "days": 14}, or nothing.
    suggested = models.JSONField(_("suggested measurement"), default=dict, blank=True)
    # Decides who is held out; never changes, whatever the name becomes.
    salt = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    frozen_version = models.ForeignKey(
        "segmentation.AudienceVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("owner")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["-created_at"]
        permissions = [
            ("freeze_audience", _("Can freeze audiences")),
            ("approve_audience", _("Can approve large audiences")),
            ("export_audience", _("Can export audiences")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(holdout_percent__lte=50), name="holdout_at_most_half"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def references(self) -> set[Name]:
        """What its rules refer to."""
        return named_in([self.include, self.exclude])


class AudienceVersion(models.Model):
    """An audience at the moment it was frozen, with the waterfall from everybody matched to everybody reached."""

    class Approval(models.TextChoices):
        NOT_NEEDED = "not_needed", _("Not needed")
        WAITING = "waiting", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Sent back")

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    run = models.ForeignKey("segmentation.Run", on_delete=models.PROTECT)
    # Copies of what was frozen, so that a later edit of the draft changes nothing here.
    definition = models.JSONField()
    # [{"step": "matched", "removed": 0, "left": 1200}, {"step": "excluded", "removed": 30, "left": 1170}, …]
    waterfall = models.JSONField(_("reach waterfall"))
    reached = models.ForeignKey("segmentation.SetVersion", on_delete=models.PROTECT, related_name="+")
    holdout = models.ForeignKey("segmentation.SetVersion", on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(_("frozen"), auto_now_add=True)
    approval = models.CharField(_("approval"), max_length=10, choices=Approval, default=Approval.NOT_NEEDED)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("frozen audience")
        verbose_name_plural = _("frozen audiences")
        ordering = ["audience", "-number"]
        constraints = [models.UniqueConstraint(fields=["audience", "number"], name="audience_version_once")]

    def __str__(self) -> str:
        return f"{self.audience.key} v{self.number}"

    @property
    def is_released(self) -> bool:
        """Whether it may leave the house: small enough, or approved."""
        return self.approval in {self.Approval.NOT_NEEDED, self.Approval.APPROVED}
