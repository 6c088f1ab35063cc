"""What a campaign brought: the question, and each day's answer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = 90


class Measurement(models.Model):
    """What is asked of one frozen audience. Decided before the outcomes are looked at, and not changed after."""

    version = models.OneToOneField(
        "segmentation.AudienceVersion", on_delete=models.CASCADE, related_name="measurement", verbose_name=_("audience")
    )
    start = models.DateTimeField(_("campaign began"))
    days = models.PositiveSmallIntegerField(
        _("days measured"), default=14, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    # File name in segmentation/measurement/metrics/: the one metric that decides.
    metric = models.CharField(_("decisive metric"), max_length=30)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ["-start"]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)

    def day_at(self, moment: datetime) -> int:
        """How many whole days of the window have passed; at most all of them."""
        return max(0, min(self.days, (moment - self.start) // timedelta(days=1)))


class Look(models.Model):
    """The outcomes after one whole day more. What it was computed from is in its run."""

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="looks")
    run = models.ForeignKey("segmentation.Run", on_delete=models.PROTECT, related_name="+")
    day = models.PositiveSmallIntegerField(_("day"))
    # See `outcomes.Outcome.document`.
    result = models.JSONField(_("result"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("look at results")
        verbose_name_plural = _("looks at results")
        ordering = ["measurement", "day"]
        constraints = [models.UniqueConstraint(fields=["measurement", "day"], name="look_once_a_day")]

    def __str__(self) -> str:
        return f"{self.measurement}, {self.day}"
