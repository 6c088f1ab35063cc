"""Windows of time. Each names its kind; nothing is implied. `resolve` turns one into two instants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from segmentation.rules.days import DAY, MICROSECOND, Moment, midnight

# The longest stretch that can be asked for: a hundred years.
LONGEST_DAYS = 36_525
LONGEST_HOURS = LONGEST_DAYS * 24
# The kind of window that each customer has an own one of; days before and after, so that two never meet.
ANNIVERSARY = "anniversary"
MOST_DAYS_AROUND = 182


@dataclass(frozen=True, slots=True)
class Window:
    """A kind and its value: days, hours, a calendar period's name, one instant or two, or (from, to) in days ago.

    Of an anniversary `own_windows.Around`.
    """

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two instants in UTC; None where there is no bound. The start counts unless said, the end does not."""

    start: datetime | None
    end: datetime | None
    start_counts: bool = True
    end_counts: bool = False

    @property
    def first(self) -> datetime | None:
        """The first microsecond inside."""
        return self.start if self.start is None or self.start_counts else self.start + MICROSECOND

    @property
    def stop(self) -> datetime | None:
        """The first microsecond after."""
        return self.end + MICROSECOND if self.end is not None and self.end_counts else self.end

    def __contains__(self, instant: datetime) -> bool:
        return (self.first is None or instant >= self.first) and (self.stop is None or instant < self.stop)

    def joined(self, other: "Bounds") -> "Bounds":
        """From the earlier beginning to the later end."""
        starts, ends = (self.first, other.first), (self.stop, other.stop)
        return Bounds(
            None if None in starts else min(starts),  # type: ignore[type-var]  # neither is None
            None if None in ends else max(ends),  # type: ignore[type-var]
        )

    def until(self, as_of: datetime) -> "Bounds":
        """These bounds without what lies after `as_of`."""
        if self.stop is not None and self.stop <= as_of + MICROSECOND:
            return self
        return Bounds(self.start, as_of.astimezone(UTC), self.start_counts, end_counts=True)


def resolve(window: Window, as_of: datetime, tz: ZoneInfo | str, *, future: bool = False) -> Bounds:
    """The instants between which `window` lies, asked at `as_of` in the days of `tz`.

    What lies after `as_of` never counts, unless `future` is asked for: a trait may well hold a day to come.

    >>> asked = datetime.fromisoformat("2026-03-17T09:00+08:00")
    >>> bounds = resolve(Window("past_days", 3), asked, "Asia/Shanghai")
    >>> str(bounds.start), str(bounds.end)
    ('2026-03-13 16:00:00+00:00', '2026-03-16 16:00:00+00:00')
    """
    moment = Moment(as_of, ZoneInfo(tz) if isinstance(tz, str) else tz)
    bounds = KINDS[window.kind](moment, window.value)
    return bounds if future else bounds.until(as_of)


def _recent_days(moment: Moment, days: int) -> Bounds:
    return Bounds(moment.midnight(days - 1), moment.as_of.astimezone(UTC), end_counts=True)


def _past_days(moment: Moment, days: int) -> Bounds:
    return Bounds(moment.midnight(days), moment.midnight(0))


def _rolling_hours(moment: Moment, hours: int) -> Bounds:
    now = moment.as_of.astimezone(UTC)
    return Bounds(now - timedelta(hours=hours), now, start_counts=False, end_counts=True)


def _days_ago(moment: Moment, days: tuple[int, int]) -> Bounds:
    first, last = days
    return Bounds(moment.midnight(first), moment.midnight(last - 1))


def _calendar(moment: Moment, period: str) -> Bounds:
    first, after = PERIODS[period](moment.today)
    return Bounds(midnight(first, moment.timezone), midnight(after, moment.timezone))


def _between(moment: Moment, instants: tuple[datetime, datetime]) -> Bounds:
    return Bounds(instants[0].astimezone(UTC), instants[1].astimezone(UTC))


def _since(moment: Moment, instant: datetime) -> Bounds:
    return Bounds(instant.astimezone(UTC), moment.as_of.astimezone(UTC), end_counts=True)


def _anniversary(moment: Moment, _: Any) -> Bounds:
    """What the windows of all customers lie in: the newest anniversary that has begun is less than a year ago."""
    return Bounds(moment.midnight(366), moment.as_of.astimezone(UTC), end_counts=True)


def _all_time(moment: Moment, _: bool) -> Bounds:
    return Bounds(None, moment.as_of.astimezone(UTC), end_counts=True)


KINDS: dict[str, Callable[[Moment, Any], Bounds]] = {
    "recent_days": _recent_days,
    "past_days": _past_days,
    "rolling_hours": _rolling_hours,
    "calendar": _calendar,
    "between": _between,
    "days_ago": _days_ago,
    "since": _since,
    ANNIVERSARY: _anniversary,
    "all_time": _all_time,
}


def first_of_days(day: date, shift: int) -> date:
    """The day so many days away."""
    return day + shift * DAY


def first_of_months(day: date, shift: int, step: int = 1) -> date:
    """The first of the month, or with `step` of the run of so many months, `shift` of them away from this day's."""
    months = (day.year * 12 + day.month - 1) // step * step + shift * step
    return date(months // 12, months % 12 + 1, 1)


def first_of_weeks(day: date, shift: int) -> date:
    """The Monday of the week so many weeks away."""
    return day - timedelta(days=day.weekday()) + 7 * shift * DAY


# First day of the period, and first day after it.
PERIODS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda day: (day, day + DAY),
    "yesterday": lambda day: (day - DAY, day),
    "this_week": lambda day: (first_of_weeks(day, 0), first_of_weeks(day, 1)),
    "last_week": lambda day: (first_of_weeks(day, -1), first_of_weeks(day, 0)),
    "this_month": lambda day: (first_of_months(day, 0), first_of_months(day, 1)),
    "last_month": lambda day: (first_of_months(day, -1), first_of_months(day, 0)),
    "this_quarter": lambda day: (first_of_months(day, 0, 3), first_of_months(day, 1, 3)),
    "last_quarter": lambda day: (first_of_months(day, -1, 3), first_of_months(day, 0, 3)),
    "this_year": lambda day: (first_of_months(day, 0, 12), first_of_months(day, 1, 12)),
    "last_year": lambda day: (first_of_months(day, -1, 12), first_of_months(day, 0, 12)),
}
