"""The form of a timetable: how often, on which day and when, in plain choices; as cron writes it for experts."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from segmentation.runs.routine import Schedule, is_due_on
from segmentation.runs.timetable import NIGHTLY, BadTimetable, Cron

# How far ahead is looked for nights of the flow; a month always has one.
FARTHEST = 800
CRON_FIELDS = 5
DAYS = [(str(number), WEEKDAYS[number - 1]) for number in range(1, 8)]


class Timetable(NamedTuple):
    """What a tag or segment has of it, not saved yet."""

    schedule: str
    schedule_day: int
    cron: str


class Often(models.TextChoices):
    """The plain choices."""

    MANUAL = "manual", _("By hand")
    DAILY = "daily", _("Every day")
    WEEKDAYS = "weekdays", _("Monday to Friday")
    WEEKLY = "weekly", _("Every week on a day")
    MONTHLY = "monthly", _("Every month on a day")
    CRON = "cron", _("As cron writes it (for experts)")


# Which further fields a choice needs.
NEEDS = {
    Often.MANUAL: (),
    Often.DAILY: ("at",),
    Often.WEEKDAYS: ("at",),
    Often.WEEKLY: ("weekday", "at"),
    Often.MONTHLY: ("day", "at"),
    Often.CRON: ("cron",),
}


class RoutineForm(forms.Form):
    """When something is computed, what is done when it fails or jumps, and whose it is."""

    often = forms.ChoiceField(label=_("How often"), choices=Often.choices)
    weekday = forms.ChoiceField(label=_("Weekday"), choices=DAYS, required=False)
    day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=_(
            "With the nightly flow a shorter month has its last day instead; at a time of its own it has none."
        ),
    )
    at = forms.TimeField(
        label=_("Time of day"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: with the nightly flow, after the data it needs. That is best for most."),
    )
    cron = forms.CharField(
        label=_("Times"),
        max_length=100,
        required=False,
        help_text=_("Minute, hour, day, month, weekday: “30 6 * * 1-5” is 6:30 from Monday to Friday."),
    )
    alert_percent = forms.IntegerField(
        label=_("Alert when a size changes by per cent"), min_value=1, max_value=1000, required=False
    )
    retries = forms.IntegerField(label=_("Further tries after an unexpected error"), min_value=0, max_value=9)
    timeout_minutes = forms.IntegerField(
        label=_("Time-out in minutes"), min_value=0, max_value=240, help_text=_("0: four hours.")
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=get_user_model().objects.none(), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people: Any = self.fields["owner"]
        people.queryset = get_user_model().objects.filter(is_active=True).order_by("username")

    @property
    def timing(self) -> list[forms.BoundField]:
        """The fields that the chosen frequency needs."""
        often = self["often"].value()
        return [self[name] for name in NEEDS[Often(often)]] if often in Often.values else []

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        try:
            found["routine"] = _routine(found)
        except BadTimetable as error:
            self.add_error("cron", _("This cannot be read: %(part)s") % {"part": error})
        except ValidationError as error:
            self.add_error(None, error)
        return found

    def next_times(self, now: datetime, zone: str, *, most: int = 5) -> list[datetime]:
        """The next times of a valid form; none by hand."""
        return next_times(Timetable(**self.cleaned_data["routine"]), now, zone, most=most)

    def changes(self) -> dict[str, Any]:
        """What a service is to save."""
        told = {name: self.cleaned_data[name] for name in ("alert_percent", "retries", "timeout_minutes", "owner")}
        return {**self.cleaned_data["routine"], **told}


def initial_of(row: Any) -> dict[str, Any]:
    """The form's values for a tag or segment; a cron that is one of the plain choices is shown as that."""
    kept = {name: getattr(row, name) for name in ("alert_percent", "retries", "timeout_minutes", "owner", "cron")}
    plain = {"often": row.schedule, "weekday": str(min(row.schedule_day, 7)), "day": row.schedule_day}
    return kept | plain | (_plain(row.cron) if row.schedule == Schedule.CRON else {})


def next_times(routine: Any, now: datetime, zone: str, *, most: int = 5) -> list[datetime]:
    """When it will be computed next, at most so many times, in this zone."""
    found = []
    for moment in _times(routine, now, zone):
        found.append(moment)
        if len(found) == most:
            break
    return found


def _times(routine: Any, now: datetime, zone: str) -> Iterator[datetime]:
    if routine.schedule == Schedule.CRON:
        due = Cron.read(routine.cron).next_after(now, zone)
        while due is not None:
            yield due
            due = Cron.read(routine.cron).next_after(due, zone)
        return
    today = now.astimezone(ZoneInfo(zone)).date()
    for number in range(FARTHEST):
        day = today + timedelta(days=number)
        night = datetime.combine(day, NIGHTLY, ZoneInfo(zone))
        if night > now and is_due_on(routine, day):
            yield night


def _routine(found: dict[str, Any]) -> dict[str, Any]:
    """Schedule, day and cron of the plain choices. Raises BadTimetable or ValidationError."""
    often, at = found.get("often"), found.get("at")
    weekday, day = int(found.get("weekday") or 1), found.get("day") or 1
    if often == Often.CRON:
        cron = (found.get("cron") or "").strip()
        if len(cron.split()) != CRON_FIELDS:
            raise ValidationError({"cron": _("Five fields are needed: minute, hour, day, month, weekday.")})
        Cron.read(cron)
        return _saved(Schedule.CRON, cron=cron)
    if often == Often.WEEKDAYS and at is None:
        raise ValidationError({"at": _("Choose a time: the nightly flow knows days, weeks and months.")})
    if often == Often.MANUAL or at is None:
        return _saved(Schedule(often or "daily"), day=weekday if often == Often.WEEKLY else day)
    days = {"daily": "* * *", "weekdays": "* * 1-5", "weekly": f"* * {weekday}", "monthly": f"{day} * *"}
    return _saved(Schedule.CRON, cron=f"{at.minute} {at.hour} {days[often or 'daily']}")


def _saved(schedule: Schedule, *, day: int = 1, cron: str = "") -> dict[str, Any]:
    return {"schedule": schedule.value, "schedule_day": day, "cron": cron}


def _plain(cron: str) -> dict[str, Any]:
    """The plain choice that a cron says; nothing for one that only experts can write."""
    match = re.fullmatch(r"(\d+) (\d+) (\*|\d+) \* (\*|1-5|[0-7])", cron)
    if match is None or "*" not in match.group(3, 4):
        return {}
    minute, hour, day, weekday = match.groups()
    at = {"at": time(int(hour), int(minute))}
    if day != "*":
        return at | {"often": Often.MONTHLY, "day": int(day)}
    if weekday in {"*", "1-5"}:
        return at | {"often": Often.DAILY if weekday == "*" else Often.WEEKDAYS}
    return at | {"often": Often.WEEKLY, "weekday": "7" if weekday == "0" else weekday}
