"""The whole flow on a slice of the real shop: facts in, an exported audience out, through every real part."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from pyroaring import BitMap

from customers import consent
from customers.models import Customer, Event
from segmentation import flow, tasks
from segmentation.audiences.models import Audience
from segmentation.measurement.catalog import all_metrics
from segmentation.measurement.models import Measurement
from segmentation.profiles.selectors import features_of
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.tags.models import Tag
from segtag_site.demo.audience import CHECK, KEY, make_audience, make_check
from segtag_site.demo.users import ensure_users
from tests.broker import Broker
from tests.workers import Process, celery_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HOUSEHOLDS = 120
LEASE = {"SEGTAG_TEST_LEASE": "10"}


@pytest.fixture
def shop(broker: Broker, tmp_path: Path, settings: Any) -> None:
    """A few households of the demo's shop, and everything that is defined in a new installation."""
    settings.LAKE_DIR = tmp_path / "lake"
    settings.EXPORT_DIR = tmp_path / "exports"
    broker.forget()
    call_command("load_demo", households=HOUSEHOLDS, quiet=True)
    call_command("install_taxonomy")


def ended(run: Run) -> bool:
    run.refresh_from_db()
    return not run.is_active


def test_from_facts_to_an_exported_audience_in_the_foreground(shop, tmp_path: Path):
    ensure_users(tmp_path)
    call_command("run_flow")
    make_audience()
    make_check()

    everybody = BitMap(Customer.objects.values_list("pk", flat=True))
    check = Measurement.objects.get(version__audience__key=CHECK)
    look = check.looks.get().result
    assert look["treated"] > 0 < look["held_out"]
    assert set(look["metrics"]) == set(all_metrics())
    audience = Audience.objects.get(key=KEY)
    version = audience.frozen_version
    steps = version.waterfall
    export = version.exports.get()
    path = settings.EXPORT_DIR / export.path

    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))[1:]
    reached, held_out = store.at_version(version.reached), store.at_version(version.holdout)
    assert len(everybody) == HOUSEHOLDS
    assert features_of(everybody[0])
    assert [step["left"] for step in steps] == [
        before["left"] - step["removed"]
        for before, step in zip([{"left": steps[0]["left"]}, *steps], steps, strict=False)
    ]
    assert len(lines) == export.rows == len(reached) > 0
    assert not reached & held_out
    assert reached <= BitMap(consent.reachable(channel=audience.channel))
    assert {line[0] for line in lines} == set(
        Customer.objects.filter(pk__in=list(reached)).values_list("external_id", flat=True)
    )
    assert call_command("run_flow", if_needed=True) is None
    assert Run.objects.filter(kind=flow.KIND).count() == 1


def test_a_worker_killed_in_the_middle_of_the_flow_costs_nothing(shop, processes: list[Process]):
    run = request_run(kind=flow.KIND, params={"everything": True}, by=User.objects.first())
    tasks.enqueue(run)
    processes.append(celery_worker("tests.segmentation.runs.slow", **LEASE))
    wait_until(lambda: Run.objects.filter(state=Run.State.SUCCEEDED).count() >= 3)

    processes[0].kill()
    processes.append(celery_worker("tests.segmentation.runs.slow", **LEASE))

    def done() -> bool:
        tasks.sweep_runs()
        return ended(run)

    wait_until(done, seconds=300)
    assert run.state == Run.State.SUCCEEDED, run.error
    assert run.attempt == 2
    published = SetVersion.objects.values_list("named_set__kind", "named_set__key", "named_set__value")
    assert len(published) == len(set(published)), "a set was published twice"
    assert Run.objects.filter(kind="lake.sync").count() == 1
    for tag in Tag.objects.filter(status=Tag.Status.LIVE):
        assert NamedSet.objects.filter(kind="tag_value", key=tag.key, current__isnull=False).exists(), tag.key
    for segment in Segment.objects.all():
        assert NamedSet.objects.filter(kind="segment", key=segment.key, current__isnull=False).exists(), segment.key
    assert Event.objects.count() > HOUSEHOLDS
