"""Days of a time zone, daylight saving time included. zoneinfo is the only authority, for all engines."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a rule is asked, and in whose days."""

    as_of: datetime
    timezone: ZoneInfo

    @property
    def today(self) -> date:
        return local_day(self.as_of, self.timezone)

    def midnight(self, days_ago: int) -> datetime:
        """The start of the day so many days before today; negative for days to come."""
        return midnight(self.today - timedelta(days=days_ago), self.timezone)


def local_day(instant: datetime, timezone: ZoneInfo) -> date:
    """The day it is there at this instant."""
    return instant.astimezone(timezone).date()


def midnight(day: date, timezone: ZoneInfo) -> datetime:
    """The first instant of the day there, in UTC. Where the clock skips midnight, the instant after the gap."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone).astimezone(UTC)


def anniversary(day: date, year: int) -> date:
    """The day's anniversary in a year.

    >>> anniversary(date(2000, 2, 29), 2026), anniversary(date(2000, 2, 29), 2028)
    (datetime.date(2026, 3, 1), datetime.date(2028, 2, 29))
    """
    if (day.month, day.day) == (2, 29) and not _is_leap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@lru_cache(maxsize=256)
def offsets(timezone: ZoneInfo, first: date, last: date) -> tuple[tuple[datetime, timedelta], ...]:
    """Each offset from UTC between two days, with the instant from which it holds; the first holds before, too."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    steps = [start + n * DAY for n in range((last - first).days + 2)]
    found = [(start, _offset(start, timezone))]
    for before, after in pairwise(steps):
        if _offset(before, timezone) != _offset(after, timezone):
            found.append((_change(before, after, timezone), _offset(after, timezone)))
    return tuple(found)


def _offset(instant: datetime, timezone: ZoneInfo) -> timedelta:
    return instant.astimezone(timezone).utcoffset() or timedelta()


def _change(before: datetime, after: datetime, timezone: ZoneInfo) -> datetime:
    """The second, between two instants, from which the later one's offset holds."""
    later = _offset(after, timezone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (before, middle) if _offset(middle, timezone) == later else (middle, after)
    return after
