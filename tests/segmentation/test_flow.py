"""The flow: in order, to the end whatever fails, and taken up where it stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from segmentation import flow, tasks
from segmentation.errors import SegmentationError
from segmentation.runs import handlers, services
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.tags.models import Category, Tag, TagVersion

EVERYBODY = {"version": 1, "base": {"population": "all"}}


def segment(key: str, *leaves: dict, schedule: str = "daily") -> Segment:
    made = Segment.objects.create(key=key, name_zh="分群", name_en="Segment", schedule=schedule)
    made.live_version = SegmentVersion.objects.create(
        segment=made, number=1, rule=EVERYBODY | {"rule": {"all": list(leaves)}}
    )
    made.save()
    return made


def tag(key: str, *leaves: dict) -> Tag:
    category = Category.objects.first() or Category.objects.add_root(instance=Category(key="all"))
    made = Tag.objects.create(
        key=key, category=category, name_zh="标签", name_en="Tag", kind="rule", status=Tag.Status.LIVE
    )
    rule = EVERYBODY | {"rule": {"all": list(leaves)}}
    values = [{"key": "yes", "name_zh": "是", "name_en": "Yes", "rule": rule}]
    made.live_version = TagVersion.objects.create(tag=made, number=1, definition={"values": values})
    made.save()
    return made


@pytest.fixture
def performed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Handlers that only say that they were there, for all kinds but the flow itself."""
    steps: list[str] = []
    for kind in ("lake.sync", "profiles.compute", "recommendation.compute", "tags.compute", "segments.compute"):
        monkeypatch.setitem(handlers._handlers, kind, lambda claim: steps.append(str(claim.run)))
    return steps


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 12)), max_size=10))
def test_everything_comes_after_what_it_is_built_on(graph):
    built_on = {("tag", str(node)): {("tag", str(one)) for one in below if one < node} for node, below in graph.items()}

    order = flow.in_order(built_on)

    assert sorted(order) == sorted(built_on)
    for node, below in built_on.items():
        assert all(order.index(one) < order.index(node) for one in below & built_on.keys())


def test_a_circle_is_named():
    with pytest.raises(SegmentationError, match=r"tag a → segment b → tag a|segment b → tag a → segment b"):
        flow.in_order({("tag", "a"): {("segment", "b")}, ("segment", "b"): {("tag", "a")}})


@pytest.mark.django_db
def test_the_flow_goes_from_lake_to_segments_and_each_after_what_it_names(performed):
    tag("z-first")
    tag("a-second", {"tag": "z-first", "op": "one_of", "value": ["yes"]})
    segment("a-last", {"segment": "b-before"}, {"tag": "a-second", "op": "one_of", "value": ["yes"]})
    segment("b-before")

    call_command("run_flow")

    assert performed[:2] == ["lake.sync", "profiles.compute"]
    assert performed.index("tags.compute z-first") < performed.index("tags.compute a-second")
    assert performed.index("tags.compute a-second") < performed.index("segments.compute a-last")
    assert performed.index("segments.compute b-before") < performed.index("segments.compute a-last")
    assert len(performed) == 7


@pytest.mark.django_db
def test_all_steps_have_the_base_date_of_the_flow(performed):
    segment("vip")

    call_command("run_flow", "--as-of", "2026-03-17T09:00")

    assert {str(run.as_of) for run in Run.objects.all()} == {"2026-03-17 01:00:00+00:00"}


@pytest.mark.django_db
def test_in_the_night_what_is_run_by_hand_is_left_alone(performed):
    segment("daily")
    segment("by-hand", schedule="manual")

    tasks.nightly_flow()
    execute(Run.objects.get(kind=flow.KIND).pk)

    assert "segments.compute daily" in performed
    assert "segments.compute by-hand" not in performed


@pytest.mark.django_db
def test_a_step_that_fails_stops_no_other_and_is_named_in_the_end(performed, monkeypatch):
    def broken(claim):
        raise SegmentationError("No customers.", code="nobody")

    monkeypatch.setitem(handlers._handlers, "profiles.compute", broken)
    segment("vip")

    with pytest.raises(CommandError, match=r"1 of 4 steps failed: profiles\.compute"):
        call_command("run_flow")

    assert performed == ["lake.sync", "recommendation.compute", "segments.compute vip"]
    assert Run.objects.get(kind=flow.KIND).error_code == "steps_failed"


@pytest.mark.django_db
def test_a_flow_whose_worker_was_killed_goes_on_where_it_stopped(performed):
    segment("vip")
    run = services.request_run(kind=flow.KIND)
    flow._perform(flow.Step("lake.sync"), services.claim(run.pk))
    Run.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))

    ended = execute(run.pk)

    assert (ended.state, ended.result["steps"]) == (Run.State.SUCCEEDED, 4)
    assert performed == ["lake.sync", "profiles.compute", "recommendation.compute", "segments.compute vip"]


@pytest.mark.django_db
def test_what_is_computed_from_the_present_data_is_not_computed_again(performed):
    segment("vip")
    call_command("run_flow", if_needed=True)
    performed.clear()

    call_command("run_flow", if_needed=True)
    assert performed == []

    Customer.objects.create(external_id="new", first_seen_at="2026-01-01T00:00Z")
    call_command("run_flow", if_needed=True)
    assert len(performed) == 4
    performed.clear()

    segment("another")
    call_command("run_flow", if_needed=True)
    assert len(performed) == 5


@pytest.mark.django_db
def test_what_has_times_of_its_own_is_due_once_after_each_also_after_a_standstill():
    made = segment("often", schedule="cron")
    made.cron = "0 6 * * *"
    made.save()
    made.live_version.reviewed_at = datetime(2026, 3, 17, 1, tzinfo=UTC)
    made.live_version.save()
    assert flow.due_by_cron(datetime(2026, 3, 17, 21, 59, tzinfo=UTC)) == []
    later = datetime(2026, 3, 20, 23, tzinfo=UTC)
    assert flow.due_by_cron(later) == [flow.Step("segments.compute", "often")]
    run = services.request_run(kind="segments.compute", subject="often")
    Run.objects.filter(pk=run.pk).update(requested_at=later)
    assert flow.due_by_cron(later) == []
