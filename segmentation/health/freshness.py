"""When a tag or segment should have been computed last, by its timetable."""

from datetime import datetime, timedelta

from segmentation.runs.routine import Routine
from segmentation.runs.timetable import Cron

# How late it may be: the flow takes its time, and a machine may be off for a morning.
GRACE = timedelta(hours=12)
LONGEST = {
    Routine.Schedule.DAILY: timedelta(days=1),
    Routine.Schedule.WEEKLY: timedelta(days=7),
    Routine.Schedule.MONTHLY: timedelta(days=31),
}


def is_stale(routine: Routine, newest: datetime | None, now: datetime, timezone: str) -> bool:
    """Whether its newest base date is older than its timetable allows. By hand is never late; what has a timetable and
    no result yet is: pass the moment it went live as `newest` to give it its first turn."""
    if routine.schedule == Routine.Schedule.MANUAL:
        return False
    if newest is None:
        return True
    if routine.schedule == Routine.Schedule.CRON:
        due = Cron.read(routine.cron).next_after(newest, timezone)
        return due is not None and due + GRACE < now
    return newest + LONGEST[Routine.Schedule(routine.schedule)] + GRACE < now
