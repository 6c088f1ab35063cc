"""What a campaign brought: asked once, computed by a run, shown to whom it concerns."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from pyroaring import BitMap
from pytest_django import DjangoDbBlocker

from customers import consent
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import AccessLog, Customer
from segmentation import flow
from segmentation.audiences import services as audiences
from segmentation.audiences.models import Audience
from segmentation.errors import SegmentationError
from segmentation.lake.sync import sync
from segmentation.measurement import selectors, services, wording
from segmentation.measurement.models import Look, Measurement
from segmentation.measurement.outcomes import Groups
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.sets import store
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import ALL, run

CUSTOMERS = 1200
KEY = "spring"
START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 5


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker: DjangoDbBlocker, tmp_path_factory):
    """1200 customers, a third held out; of those reached 30 % buy, of the others 10 %; all had bought before."""
    folder = tmp_path_factory.mktemp("shop")
    with django_db_blocker.unblock(), override_settings(LAKE_DIR=folder / "lake"), transaction.atomic():
        times = START - timedelta(days=200)
        ingest([CustomerRecord(f"C{n}", times, {"city": "上海"}) for n in range(CUSTOMERS)], received_at=START)
        found = list(Customer.objects.order_by("id"))
        consent.record([(c.pk, "email", True, times) for c in found], source="sign-up")
        sync()
        audience = audiences.create_audience(
            by=None, key=KEY, name="Spring", channel="email", include=ALL, holdout_percent=33
        )
        run(audiences.request_freeze(audience=audience, by=None))
        audience.refresh_from_db()
        reached = store.at_version(audience.frozen_version.reached)
        chance = random.Random(1)
        ingest([_order(c, -30, chance) for c in found], received_at=START)
        buyers = [c for c in found if chance.random() < (0.3 if c.pk in reached else 0.1)]
        ingest([_order(c, 1 + chance.randrange(4), chance) for c in buyers], received_at=START)
        sync()
        yield
        transaction.set_rollback(True)


def _order(customer: Customer, day: int, chance: random.Random) -> EventRecord:
    total = round(chance.uniform(10, 50), 2)
    properties = {"order_id": f"{customer.pk}-{day}", "total": total, "products": []}
    time = START + timedelta(days=day, hours=-1)
    return EventRecord(f"m{customer.pk}-{day}", customer.external_id, "Order Completed", time, properties)


@pytest.fixture
def version(_shop, db):
    return Audience.objects.get(key=KEY).frozen_version


@pytest.fixture
def measured(version) -> Measurement:
    return services.measure(version=version, start=START, days=DAYS)


def looked(measured: Measurement, day: int = DAYS) -> Look:
    known = services.request_look(measurement=measured)
    Run.objects.filter(pk=known.pk).update(as_of=START + timedelta(days=day, hours=3))
    run(known)
    return measured.looks.get(day=day)


def test_a_planted_effect_is_found_with_its_interval(measured) -> None:
    result = looked(measured).result

    lift = result["metrics"]["conversion"]
    assert lift["low"] < 0.2 < lift["high"]
    assert lift["low"] > 0.1
    assert result["ratio"]["is_sound"]
    assert result["treated"] + result["held_out"] == CUSTOMERS
    assert lift["total"] == pytest.approx(lift["difference"] * result["treated"])
    assert result["metrics"]["repeat"]["difference"] == 0
    assert result["uplift"].keys() & {"refused", "qini"}


def test_a_look_knows_whole_days_only_and_each_day_once(measured) -> None:
    assert measured.day_at(START + timedelta(hours=23)) == 0
    assert measured.day_at(START + timedelta(days=99)) == DAYS

    first, again = looked(measured, 2), looked(measured, 2)

    assert first.pk == again.pk
    assert first.result["alpha"] < 0.05
    assert "parts" not in first.result
    assert looked(measured, 3).result["metrics"]["orders"]["treated"] > first.result["metrics"]["orders"]["treated"]


def test_before_a_day_has_passed_the_run_says_so(version) -> None:
    now = datetime.now(UTC)
    measured = services.measure(version=version, start=now, days=DAYS)
    known = services.request_look(measurement=measured)
    execute(known.pk)
    known.refresh_from_db()
    assert (known.state, known.error_code) == (Run.State.FAILED, "too_early")


def test_the_night_looks_at_campaigns_that_have_something_new(measured) -> None:
    step = flow.Step(services.KIND, KEY)
    assert step in flow.steps()
    looked(measured)
    assert step not in flow.steps()


def refused(version, **plan) -> str:
    with pytest.raises(SegmentationError) as caught:
        services.measure(version=version, start=START, days=DAYS, **plan)
    return caught.value.code


def test_a_campaign_is_asked_about_once(measured, version) -> None:
    assert refused(version) == "measured_already"
    assert AccessLog.objects.filter(action="measurement.create", object_key=KEY).count() == 1


def test_without_a_holdout_or_with_an_unknown_metric_nothing_is_measured(version) -> None:
    assert refused(version, metric="luck") == "unknown_metric"
    version.holdout.size = 0
    assert refused(version) == "no_holdout"


def test_customers_who_were_dropped_from_one_group_are_noticed(measured, monkeypatch) -> None:
    groups_of = Groups.of
    few = BitMap(list(store.at_version(measured.version.holdout))[:300])
    monkeypatch.setattr(Groups, "of", lambda ids, treated, held_out: groups_of(ids, treated, held_out & few))

    result = looked(measured).result

    assert not result["ratio"]["is_sound"]
    assert wording.verdict(None, is_sound=False, is_final=True)[1] == "red"


@pytest.mark.parametrize(
    ("low", "high", "is_final", "tone"),
    [(0.1, 0.2, False, "green"), (-0.2, -0.1, True, "red"), (-1, 1, True, "yellow"), (-1, 1, False, "secondary")],
)
def test_the_verdict_follows_the_interval(low, high, is_final, tone) -> None:
    assert wording.verdict({"low": low, "high": high}, is_sound=True, is_final=is_final)[1] == tone


# --- Pages and API ---


@pytest.fixture
def sign_in(db):
    ensure_roles()

    def start(role: str) -> Client:
        user = User.objects.create_user(role)
        assign_role(user=user, key=role)
        client = Client()
        client.force_login(user)
        return client

    return start


def test_a_marketer_asks_and_a_viewer_reads(version, sign_in) -> None:
    marketer, viewer = sign_in("marketer"), sign_in("viewer")
    told = {"start": "2026-03-01T08:00", "days": DAYS, "metric": "conversion"}
    url = reverse("segmentation:result_measure", args=[KEY])
    assert viewer.post(url, told).status_code == 403
    assert marketer.post(url, told | {"days": 0}).status_code == 422
    assert marketer.post(url, told).status_code == 302
    looked(Measurement.objects.get())

    with translation.override("en"):
        for client in (marketer, viewer):
            page = client.get(reverse("segmentation:result_detail", args=[KEY]), headers={"accept-language": "en"})
            assert page.context["tone"] == "green"
            assert page.context["decisive"].is_good
            assert client.get(reverse("segmentation:result_list")).status_code == 200
            assert client.get(reverse("segmentation:audience_detail", args=[KEY])).status_code == 200
    [campaign] = selectors.campaigns()
    assert campaign.is_clear


def test_results_are_read_and_asked_for_over_the_api(version, sign_in) -> None:
    marketer, viewer = sign_in("marketer"), sign_in("viewer")
    url = f"/api/v1/audiences/{KEY}/results"
    assert marketer.get(url).json()["looks"] == []
    assert marketer.get(url.replace(KEY, "nowhere")).status_code == 404
    told = {"start": START.isoformat(), "days": DAYS}
    assert viewer.post(url, told, content_type="application/json").status_code == 403
    assert marketer.post(url, told | {"metric": "luck"}, content_type="application/json").status_code == 400
    assert marketer.post(url, told, content_type="application/json").status_code == 201
    looked(Measurement.objects.get())
    assert viewer.get(url).json()["looks"][0]["result"]["metrics"]["conversion"]["is_clear"]
