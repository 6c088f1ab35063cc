"""Deliveries: an audience sent to a destination, once or again and again, and what became of each customer."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.runs.routine import Schedule
from segmentation.runs.timetable import BadTimetable, Cron

# Time of day of what is sent daily, weekly or monthly: after the nightly flow.
HOUR = 8


class DeliveryPlan(models.Model):
    """Where an audience is sent, how, and when. `delivered` is whom the destination has now."""

    Schedule = Schedule

    audience = models.ForeignKey("segmentation.Audience", on_delete=models.CASCADE, related_name="deliveries")
    name = models.CharField(_("name"), max_length=100)
    # File name in segmentation/activation/destinations/.
    destination = models.CharField(_("destination"), max_length=20)
    # What the destination asks for, without secrets; columns, language and so on.
    told = models.JSONField(_("settings"), default=dict, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    # The destination's secret, encrypted.
    secret = models.TextField(blank=True, editable=False)
    only_changes = models.BooleanField(_("only the changes"), default=False)
    recompute = models.BooleanField(_("freeze anew each time"), default=False)
    schedule = models.CharField(_("schedule"), max_length=10, choices=Schedule, default=Schedule.MANUAL)
    schedule_day = models.PositiveSmallIntegerField(
        _("day"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    cron = models.CharField(_("times"), max_length=100, blank=True)
    active = models.BooleanField(_("active"), default=True)
    delivered = models.BinaryField(null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("owner")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("delivery plan")
        verbose_name_plural = _("delivery plans")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.schedule == Schedule.CRON:
            try:
                Cron.read(self.cron)
            except BadTimetable as error:
                raise ValidationError({"cron": str(error)}) from None

    @property
    def timetable(self) -> str:
        """When it is sent, as cron writes it; empty for by hand."""
        day = self.schedule_day
        return {
            Schedule.DAILY: f"0 {HOUR} * * *",
            Schedule.WEEKLY: f"0 {HOUR} * * {day % 7}",
            Schedule.MONTHLY: f"0 {HOUR} {day} * *",
            Schedule.CRON: self.cron,
        }.get(Schedule(self.schedule), "")


class Delivery(models.Model):
    """One time that a plan was sent. `done` is whom the destination has acknowledged so far, so that a run whose
    worker died goes on where it stopped."""

    plan = models.ForeignKey(DeliveryPlan, on_delete=models.CASCADE, related_name="deliveries")
    run = models.OneToOneField("segmentation.Run", on_delete=models.PROTECT, related_name="delivery")
    version = models.ForeignKey("segmentation.AudienceVersion", on_delete=models.PROTECT, related_name="deliveries")
    done = models.BinaryField(null=True, editable=False)
    # Numbers by outcome: {"added": 90, "removed": 3, "withdrawn": 7}.
    counts = models.JSONField(_("outcomes"), default=dict)
    path = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plan} #{self.pk}"


class DeliveryOutcome(models.Model):
    """The customers of whom a delivery says the same: added, removed, or skipped for a reason."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="outcomes")
    outcome = models.CharField(_("outcome"), max_length=20)
    size = models.PositiveBigIntegerField(_("size"))
    # A serialised Roaring bitmap.
    members = models.BinaryField()

    class Meta:
        verbose_name = _("delivery outcome")
        verbose_name_plural = _("delivery outcomes")
        ordering = ["delivery", "pk"]
        constraints = [models.UniqueConstraint(fields=["delivery", "outcome"], name="outcome_once")]

    def __str__(self) -> str:
        return f"{self.delivery}: {self.outcome}"
