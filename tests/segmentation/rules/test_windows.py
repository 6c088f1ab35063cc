"""Windows come to the instants that the design promises, in any time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from segmentation.rules.days import local_day, midnight, offsets
from segmentation.rules.windows import KINDS, PERIODS, Window, resolve

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
AS_OF = datetime(2026, 3, 17, 9, tzinfo=SHANGHAI)  # a Tuesday
MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("kind", "value", "start", "end"),
    [
        ("recent_days", 3, "2026-03-15", "2026-03-17T09:00"),
        ("past_days", 3, "2026-03-14", "2026-03-17"),
        ("rolling_hours", 72, "2026-03-14T09:00", "2026-03-17T09:00"),
        ("days_ago", (3, 2), "2026-03-14", "2026-03-16"),
        ("days_ago", (2, 0), "2026-03-15", "2026-03-17T09:00"),
        ("calendar", "today", "2026-03-17", "2026-03-17T09:00"),
        ("calendar", "yesterday", "2026-03-16", "2026-03-17"),
        ("calendar", "this_week", "2026-03-16", "2026-03-17T09:00"),
        ("calendar", "last_week", "2026-03-09", "2026-03-16"),
        ("calendar", "this_month", "2026-03-01", "2026-03-17T09:00"),
        ("calendar", "last_month", "2026-02-01", "2026-03-01"),
        ("calendar", "this_quarter", "2026-01-01", "2026-03-17T09:00"),
        ("calendar", "last_quarter", "2025-10-01", "2026-01-01"),
        ("calendar", "this_year", "2026-01-01", "2026-03-17T09:00"),
        ("calendar", "last_year", "2025-01-01", "2026-01-01"),
        ("between", ("2026-01-01", "2026-02-01"), "2026-01-01", "2026-02-01"),
        ("between", ("2026-03-01", "2026-04-01"), "2026-03-01", "2026-03-17T09:00"),
        ("since", "2026-02-28", "2026-02-28", "2026-03-17T09:00"),
        # What the windows of all customers lie in; each one's own is in the golden cases.
        ("anniversary", None, "2025-03-16", "2026-03-17T09:00"),
    ],
)
def test_each_kind_comes_to_the_promised_instants(kind, value, start, end):
    if kind == "between":
        value = tuple(map(at, value))
    if kind == "since":
        value = at(value)

    bounds = resolve(Window(kind, value), AS_OF, SHANGHAI)

    assert (bounds.start, bounds.end) == (at(start), at(end))


def test_every_kind_and_period_is_tried_above():
    tried = test_each_kind_comes_to_the_promised_instants.pytestmark[0].args[1]
    assert {kind for kind, *_ in tried} | {"all_time"} == set(KINDS)
    assert {value for kind, value, *_ in tried if kind == "calendar"} == set(PERIODS)


def test_all_time_has_no_beginning_and_ends_with_the_moment():
    bounds = resolve(Window("all_time", True), AS_OF, SHANGHAI)
    assert bounds.start is None
    assert AS_OF in bounds
    assert AS_OF + MICROSECOND not in bounds


@pytest.mark.parametrize(
    ("kind", "value", "inside", "outside"),
    [
        ("recent_days", 1, ["2026-03-17T00:00", "2026-03-17T09:00"], ["2026-03-16T23:59:59.999999"]),
        ("past_days", 1, ["2026-03-16T00:00", "2026-03-16T23:59:59.999999"], ["2026-03-17T00:00"]),
        ("rolling_hours", 1, ["2026-03-17T08:00:00.000001", "2026-03-17T09:00"], ["2026-03-17T08:00"]),
        ("between", (at("2026-03-01"), at("2026-03-02")), ["2026-03-01T00:00"], ["2026-03-02T00:00"]),
        ("calendar", "last_week", ["2026-03-09T00:00", "2026-03-15T23:59:59.999999"], ["2026-03-16T00:00"]),
        ("since", AS_OF, ["2026-03-17T09:00"], ["2026-03-17T08:59:59.999999", "2026-03-17T09:00:00.000001"]),
    ],
)
def test_the_instants_on_the_edges_are_in_or_out_as_promised(kind, value, inside, outside):
    bounds = resolve(Window(kind, value), AS_OF, SHANGHAI)
    assert [at(text) in bounds for text in inside] == [True] * len(inside)
    assert [at(text) in bounds for text in outside] == [False] * len(outside)


@pytest.mark.parametrize("kind", ["recent_days", "calendar", "between", "since", "all_time", "rolling_hours"])
def test_nothing_after_the_moment_ever_counts_unless_asked_for(kind):
    value = {"calendar": "this_year", "between": (at("2020-01-01"), at("2030-01-01")), "since": at("2020-01-01")}
    window = Window(kind, value.get(kind, 5))
    later = AS_OF + MICROSECOND

    assert later not in resolve(window, AS_OF, SHANGHAI)
    assert (later in resolve(window, AS_OF, SHANGHAI, future=True)) == (kind in {"calendar", "between"})


def test_a_day_with_a_skipped_hour_has_23_and_one_with_a_repeated_hour_25():
    spring = resolve(Window("past_days", 1), datetime(2026, 3, 9, 12, tzinfo=NEW_YORK), NEW_YORK)
    autumn = resolve(Window("past_days", 1), datetime(2026, 11, 2, 12, tzinfo=NEW_YORK), NEW_YORK)
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


def test_rolling_hours_are_hours_whatever_the_clocks_do():
    bounds = resolve(Window("rolling_hours", 24), datetime(2026, 3, 8, 12, tzinfo=NEW_YORK), NEW_YORK)
    assert bounds.end - bounds.start == timedelta(hours=24)


def test_a_day_that_has_no_midnight_starts_when_the_clock_does():
    cairo = ZoneInfo("Africa/Cairo")
    start = midnight(date(2026, 4, 24), cairo)
    assert start.astimezone(cairo).isoformat() == "2026-04-24T01:00:00+03:00"
    assert local_day(start - MICROSECOND, cairo) == date(2026, 4, 23)


def test_the_same_moment_lies_in_different_days_of_different_zones():
    late = datetime(2026, 3, 17, 20, tzinfo=UTC)
    assert resolve(Window("calendar", "today"), late, "Asia/Shanghai").start == at("2026-03-18")
    assert resolve(Window("calendar", "today"), late, "UTC").start == datetime(2026, 3, 17, tzinfo=UTC)


@pytest.mark.parametrize("leap", [2024, 2028])
def test_the_leap_day_is_a_day_like_others(leap):
    bounds = resolve(Window("calendar", "this_month"), datetime(leap, 2, 29, 12, tzinfo=SHANGHAI), SHANGHAI)
    assert datetime(leap, 2, 29, tzinfo=SHANGHAI) in bounds
    last_year = resolve(Window("calendar", "last_year"), datetime(leap, 2, 29, 12, tzinfo=SHANGHAI), SHANGHAI)
    assert last_year.start == datetime(leap - 1, 1, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize("name", sorted(available_timezones() - {"localtime"})[::7])
def test_days_start_at_their_first_instant_and_offsets_change_when_zoneinfo_says(name):
    zone, first, last = ZoneInfo(name), date(2005, 1, 1), date(2027, 1, 1)
    changes = offsets(zone, first, last)
    for day in (first + timedelta(days=n) for n in range(0, (last - first).days, 3)):
        start = midnight(day, zone)
        assert local_day(start - MICROSECOND, zone) < local_day(start, zone)
    for change, offset in changes[1:]:
        assert change.astimezone(zone).utcoffset() == offset
        assert (change - MICROSECOND).astimezone(zone).utcoffset() != offset
