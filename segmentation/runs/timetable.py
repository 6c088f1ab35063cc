"""Times of day and days, written as cron writes them, read without a clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# When the flow of all that is computed daily, weekly or monthly begins, by the clock on the shop's walls.
NIGHTLY = time(2, 0)
# Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
# A leap day on a given weekday comes back within 40 years.
FARTHEST = timedelta(days=366 * 41)


class BadTimetable(ValueError):
    """A timetable that cannot be read; the message says which part."""


@dataclass(frozen=True)
class Cron:
    """A timetable: the minutes, hours, days, months and weekdays at which something is due.

    As in cron, when both days of the month and weekdays are limited, either is enough.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    @classmethod
    def read(cls, text: str) -> "Cron":
        """From its five fields: numbers, lists (1,15), ranges (1-5), steps (*/10). Raises BadTimetable."""
        fields = text.split()
        if len(fields) != len(RANGES):
            raise BadTimetable(f"“{text}”: 5 ≠ {len(fields)}")
        minutes, hours, days, months, weekdays = (
            _numbers(field, low, high) for field, (low, high) in zip(fields, RANGES, strict=True)
        )
        sundays = frozenset(day % 7 for day in weekdays)
        return cls(minutes, hours, days, months, sundays, fields[2] != "*" and fields[4] != "*")

    def next_after(self, moment: datetime, timezone: str) -> datetime | None:
        """The next time due after this moment, by the clock on the zone's walls; None when there is none.

        An hour that the clock skips is due when the clock goes on; one that it repeats is due once.

        >>> asked = datetime.fromisoformat("2026-03-17T09:00+08:00")
        >>> str(Cron.read("30 6 * * 1-5").next_after(asked, "Asia/Shanghai"))
        '2026-03-18 06:30:00+08:00'
        """
        zone = ZoneInfo(timezone)
        wall = moment.astimezone(zone).replace(tzinfo=None)
        day = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        farthest = day + FARTHEST
        while day <= farthest:
            if self._on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        due = (day + timedelta(hours=hour, minutes=minute)).replace(tzinfo=zone)
                        if due.timestamp() > moment.timestamp() and due.replace(tzinfo=None) > wall:
                            return due
            day += timedelta(days=1)
        return None

    def _on(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        by_date, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_date or by_weekday if self.either_day else by_date and by_weekday


def _numbers(field: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        ends = (str(low), str(high)) if span == "*" else (first, last if dash else (str(high) if slash else first))
        if not all(one.isascii() and one.isdigit() for one in (*ends, step or "1")):
            raise BadTimetable(f"“{part}”")
        begin, end, by = int(ends[0]), int(ends[1]), int(step or 1)
        if (slash and not step) or by == 0 or not low <= begin <= end <= high:
            raise BadTimetable(f"“{part}” ({low}–{high})")
        found.update(range(begin, end + 1, by))
    return frozenset(found)
