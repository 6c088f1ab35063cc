"""The timetable's form: plain choices that become a schedule, cron for experts, and the next times."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from segmentation.runs.routine_form import RoutineForm, initial_of
from segmentation.segments.models import Segment
from segmentation.segments.services import create_segment
from segtag_site.roles import assign_role, ensure_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
# A Tuesday.
NOW = datetime(2026, 3, 17, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
BESIDES = {"retries": 2, "timeout_minutes": 0}


def form(**typed) -> RoutineForm:
    return RoutineForm({**BESIDES, **typed})


def row(**kept) -> SimpleNamespace:
    usual = {"schedule": "daily", "schedule_day": 1, "cron": "", "owner": None, "alert_percent": None}
    return SimpleNamespace(**usual | BESIDES | kept)


@pytest.mark.parametrize(
    ("typed", "saved", "following"),
    [
        ({"often": "manual"}, ("manual", 1, ""), []),
        ({"often": "daily"}, ("daily", 1, ""), ["03-18 02:00", "03-19 02:00"]),
        ({"often": "daily", "at": "09:30"}, ("cron", 1, "30 9 * * *"), ["03-17 09:30", "03-18 09:30"]),
        (
            {"often": "weekdays", "at": "07:05"},
            ("cron", 1, "5 7 * * 1-5"),
            ["03-18 07:05", "03-19 07:05"],
        ),
        ({"often": "weekly", "weekday": "7"}, ("weekly", 7, ""), ["03-22 02:00", "03-29 02:00"]),
        ({"often": "weekly", "weekday": "7", "at": "20:00"}, ("cron", 1, "0 20 * * 7"), ["03-22 20:00"]),
        ({"often": "monthly", "day": 31}, ("monthly", 31, ""), ["03-31 02:00", "04-30 02:00"]),
        ({"often": "monthly", "day": 31, "at": "06:00"}, ("cron", 1, "0 6 31 * *"), ["03-31 06:00", "05-31 06:00"]),
        (
            {"often": "cron", "cron": "*/20 9 * * *"},
            ("cron", 1, "*/20 9 * * *"),
            ["03-17 09:20", "03-17 09:40"],
        ),
    ],
)
def test_a_plain_choice_becomes_a_schedule_and_tells_its_next_times(typed, saved, following):
    asked = form(**typed)

    assert asked.is_valid(), asked.errors
    changes = asked.changes()
    assert (changes["schedule"], changes["schedule_day"], changes["cron"]) == saved
    times = [f"{time:%m-%d %H:%M}" for time in asked.next_times(NOW, "Asia/Shanghai")]
    assert times[: len(following)] == following
    assert len(times) == (5 if following else 0)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"often": "weekdays"}, "at"),
        ({"often": "cron", "cron": "61 * * * *"}, "cron"),
        ({"often": "cron"}, "cron"),
        ({"often": "monthly", "day": 32}, "day"),
        ({"often": "hourly"}, "often"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(typed, field):
    assert field in form(**typed).errors


@pytest.mark.parametrize("often", ["daily", "weekdays", "weekly", "monthly"])
def test_a_plain_choice_is_shown_as_it_was_made(often):
    asked = form(often=often, weekday="3", day=12, at="18:45")
    assert asked.is_valid()

    shown = initial_of(row(**{name: asked.changes()[name] for name in ("schedule", "schedule_day", "cron")}))

    assert (shown["often"], f"{shown['at']:%H:%M}") == (often, "18:45")
    assert shown["weekday" if often == "weekly" else "day"] in {"3", 12, 1}


def test_a_cron_of_an_expert_stays_one():
    assert initial_of(row(schedule="cron", cron="*/5 1,2 1 * 3"))["often"] == "cron"


def test_the_page_saves_for_those_who_may_change_and_shows_the_next_times_while_one_types():
    rule = {"version": 1, "rule": {"feature": "frequency", "op": "at_least", "value": 3}}
    create_segment(key="some", rule=rule, name_zh="某", name_en="Some")
    ensure_roles()
    user = User.objects.create_user("someone")
    client = Client()
    client.force_login(user)
    address = reverse("segmentation:timetable", args=["segment", "some"])
    assert client.get(address).status_code == 403
    assign_role(user=user, key="marketer")

    assert len(client.get(address).context["times"]) == 5
    typed = {**BESIDES, "often": "weekly", "weekday": "2", "at": "08:00", "alert_percent": 15, "owner": user.pk}
    assert len(client.post(f"{address}next/", typed).context["times"]) == 5
    assert Segment.objects.get(key="some").schedule == "daily"
    assert client.post(address, {**typed, "often": "cron"}).status_code == 422
    assert client.post(address, typed).status_code == 302

    saved = Segment.objects.get(key="some")
    assert (saved.schedule, saved.cron, saved.alert_percent, saved.owner) == ("cron", "0 8 * * 2", 15, user)
    assert client.get(reverse("segmentation:timetable", args=["tag", "none"])).status_code in {403, 404}
