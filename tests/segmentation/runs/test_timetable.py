"""Timetables: what is due when, by the clock on the wall."""

from datetime import date, datetime

import pytest

from segmentation.runs.routine import last_day
from segmentation.runs.timetable import BadTimetable, Cron
from segmentation.tags.models import Tag


def due(text, after, zone="Asia/Shanghai"):
    found = Cron.read(text).next_after(datetime.fromisoformat(after), zone)
    return found and found.isoformat()


@pytest.mark.parametrize(
    ("text", "after", "then"),
    [
        ("30 6 * * 1-5", "2026-03-20T07:00+08:00", "2026-03-23T06:30:00+08:00"),  # Friday → Monday
        ("*/15 * * * *", "2026-03-17T09:00+08:00", "2026-03-17T09:15:00+08:00"),
        ("0 0 29 2 *", "2026-03-17T09:00+08:00", "2028-02-29T00:00:00+08:00"),
        ("0 8 1,15 * *", "2026-03-15T08:00+08:00", "2026-04-01T08:00:00+08:00"),
        ("0 8 13 * 5", "2026-03-17T09:00+08:00", "2026-03-20T08:00:00+08:00"),  # the 13th or a Friday
        ("0 8 * * 7", "2026-03-17T09:00+08:00", "2026-03-22T08:00:00+08:00"),  # 7 is Sunday
        ("5 23 31 12 *", "2026-12-31T23:05+08:00", "2027-12-31T23:05:00+08:00"),
        ("0 0 31 2 *", "2026-03-17T09:00+08:00", None),
    ],
)
def test_the_next_time_is_after_the_moment_asked(text, after, then):
    assert due(text, after) == then


def test_the_hour_that_the_clock_repeats_is_due_once():
    first = due("30 1 * * *", "2026-10-24T12:00+01:00", "Europe/London")
    assert first == "2026-10-25T01:30:00+01:00"
    assert due("30 1 * * *", first, "Europe/London") == "2026-10-26T01:30:00+00:00"


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "* 24 * * *", "a * * * *", "*/0 * * * *", "5-1 * * * *"])
def test_what_is_no_timetable_is_refused(text):
    with pytest.raises(BadTimetable):
        Cron.read(text)


@pytest.mark.parametrize(
    ("schedule", "number", "day", "is_due"),
    [
        ("daily", 1, date(2026, 3, 17), True),
        ("manual", 1, date(2026, 3, 17), False),
        ("cron", 1, date(2026, 3, 17), False),
        ("weekly", 2, date(2026, 3, 17), True),
        ("weekly", 3, date(2026, 3, 17), False),
        ("monthly", 31, date(2026, 2, 28), True),
        ("monthly", 31, date(2026, 3, 30), False),
    ],
)
def test_the_nightly_flow_takes_what_is_due_on_its_day(schedule, number, day, is_due):
    assert Tag(schedule=schedule, schedule_day=number).is_due_on(day) is is_due


def test_months_have_their_lengths():
    assert [last_day(date(2028, month, 1)) for month in (1, 2, 12)] == [31, 29, 31]
