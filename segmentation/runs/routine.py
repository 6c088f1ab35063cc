"""Routine runs (例行计算): when a definition is computed, how long a run may take, how often it is tried."""

from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.runs.timetable import BadTimetable, Cron


class Schedule(models.TextChoices):
    """When something is computed. All but the last are part of the nightly flow of their days."""

    MANUAL = "manual", _("By hand")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    CRON = "cron", _("At times of its own")


class Routine(models.Model):
    """The timetable of one definition."""

    Schedule = Schedule

    schedule = models.CharField(_("schedule"), max_length=10, choices=Schedule, default=Schedule.DAILY)
    schedule_day = models.PositiveSmallIntegerField(
        _("day"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Weekly: 1 is Monday, 7 is Sunday. Monthly: a day of the month, at most the last there is."),
    )
    cron = models.CharField(
        _("times"),
        max_length=100,
        blank=True,
        help_text=_("Minute, hour, day, month, weekday: “30 6 * * 1-5” is 6:30 from Monday to Friday."),
    )
    retries = models.PositiveSmallIntegerField(
        _("further tries"), default=2, validators=[MaxValueValidator(9)], help_text=_("After an unexpected error.")
    )
    timeout_minutes = models.PositiveSmallIntegerField(
        _("time-out in minutes"), default=0, validators=[MaxValueValidator(240)], help_text=_("0: four hours.")
    )
    alert_percent = models.PositiveSmallIntegerField(
        _("alert from a change of per cent"), null=True, blank=True, help_text=_("Empty: never.")
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.schedule == Schedule.CRON:
            try:
                Cron.read(self.cron)
            except BadTimetable as error:
                raise ValidationError({"cron": str(error)}) from None
        if self.schedule == Schedule.WEEKLY and self.schedule_day > 7:
            raise ValidationError({"schedule_day": _("A week has seven days: 1 is Monday, 7 is Sunday.")})

    def is_due_on(self, day: date) -> bool:
        """Whether the nightly flow of this day computes it."""
        return is_due_on(self, day)


def is_due_on(routine: Any, day: date) -> bool:
    """Whether something of this `schedule` and `schedule_day` is part of the nightly flow of this day."""
    if routine.schedule == Schedule.WEEKLY:
        return bool(day.isoweekday() == routine.schedule_day)
    if routine.schedule == Schedule.MONTHLY:
        return bool(day.day == min(routine.schedule_day, last_day(day)))
    return bool(routine.schedule == Schedule.DAILY)


def last_day(day: date) -> int:
    """The number of days of its month."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date(day.year, day.month, 1)).days


def limits_of(kind: str, subject: str) -> dict[str, int | None]:
    """How often a run of this kind and object is tried, and for how long: as its definition says."""
    for model in apps.get_app_config("segmentation").get_models():
        if issubclass(model, Routine) and kind == f"{getattr(model, 'reference_kind', '')}s.compute":
            rows: Any = model._default_manager
            found = rows.filter(key=subject).values_list("retries", "timeout_minutes").first()
            if found:
                return {"max_attempts": found[0] + 1, "timeout_seconds": found[1] * 60 or None}
    return {}
