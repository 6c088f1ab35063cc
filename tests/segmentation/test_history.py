"""Sets over time: who came and went and by which cause, as pages, as a file, and on a customer's page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import merging
from customers.ingest.pipeline import ingest
from customers.ingest.records import EventRecord
from customers.models import AccessLog, Customer
from segmentation.history.causes import Cause, difference
from segmentation.history.selectors import moves_of
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.segments import services
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segtag_site.roles import assign_role, ensure_roles
from tests.segmentation.corner_shop import AS_OF, customer, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
YESTERDAY = AS_OF - timedelta(days=1)


def bought(days: int, at_least: int = 1) -> dict:
    window = {"rolling_hours": 24 * days}
    leaf = {"event": "Order Completed", "measure": {"count": True}, "op": "at_least", "value": at_least}
    return {"version": 1, "rule": leaf | {"window": window}}


def segment(rule: dict, **more) -> Segment:
    return services.create_segment(key="buyers", rule=rule, name_zh="买家", name_en="Buyers", **more)


def computed(as_of=AS_OF) -> Run:
    run = execute(request_run(kind="segments.compute", subject="buyers", as_of=as_of).pk)
    assert run is not None
    assert run.state == Run.State.SUCCEEDED, run.error
    return run


def changed(owner: Segment):
    before, after = store.history(NamedSet.objects.get(key="buyers"))
    return difference(owner, before, after)


def browser(role: str) -> Client:
    ensure_roles()
    user, _made = User.objects.get_or_create(username=role)
    assign_role(user=user, key=role)
    client = Client()
    client.force_login(user)
    return client


def test_whoever_only_time_moved_is_told_so():
    owner = segment(bought(8))
    for day in (YESTERDAY, AS_OF):
        computed(day)

    found = changed(owner)

    # Bob's last order was 8 days and 3 hours ago: nothing happened, and he is out.
    assert "bob" in named(found.left[Cause.CLOCK])
    assert found.after.size == found.before.size + found.entered_count - found.left_count


def test_whoever_did_something_new_is_told_so():
    owner = segment(bought(8))
    computed(YESTERDAY)
    order = EventRecord(
        "eve-new", "eve", "Order Completed", AS_OF - timedelta(hours=2), {"order_id": "n", "total": 9.0}
    )
    assert not ingest([order]).refused
    sync()
    computed()

    assert named(changed(owner).entered[Cause.DATA]) >= {"eve"}


def test_whoever_another_definition_moved_is_told_so():
    owner = segment(bought(8))
    computed(YESTERDAY)
    services.new_version(segment=owner, rule=bought(400), by=None)
    computed()

    found = changed(owner)

    assert {"cat", "eve", "dan"} <= named(found.entered[Cause.DEFINITION])
    assert not found.entered[Cause.CLOCK] & found.entered[Cause.DEFINITION]


def test_whoever_was_merged_away_is_told_so():
    owner = segment(bought(400))
    computed(YESTERDAY)
    merging.merge(
        customer=Customer.objects.get(external_id="cat"), into=Customer.objects.get(external_id="ann"), by=None
    )
    sync()
    computed()

    assert named(changed(owner).left[Cause.IDENTITY]) == {"cat"}


def test_a_size_that_changes_more_than_its_alert_is_told_on_the_run_the_page_and_the_overview():
    owner = segment(bought(8), alert_percent=20)
    computed(YESTERDAY)
    services.new_version(segment=owner, rule=bought(400), by=None)

    run = computed()

    (alert,) = run.result["alerts"]
    assert alert["after"] == run.result["size"] > alert["before"] * 1.2
    client = browser("marketer")
    for page in (
        reverse("segmentation:run_detail", args=[run.pk]),
        reverse("segmentation:segment_detail", args=["buyers"]),
    ):
        assert reverse("segmentation:history", args=["segment", "buyers"]) in client.get(page).content.decode()
    assert client.get("/").context["jumps"] == 1
    assert [one.pk for one in client.get(reverse("segmentation:run_list"), {"state": "jumped"}).context["page"]] == [
        run.pk
    ]


def test_no_alert_is_raised_by_a_first_run_a_small_change_or_a_past_date():
    segment(bought(400), alert_percent=20)

    runs = [computed(YESTERDAY), computed(), computed(AS_OF - timedelta(days=200))]

    assert [run.result.get("alerts") for run in runs] == [None, None, None]
    assert runs[2].result["size"] < runs[1].result["size"] * 0.8


@pytest.fixture
def told() -> Segment:
    owner = segment(bought(8))
    for day in (YESTERDAY, AS_OF):
        computed(day)
    return owner


def test_the_page_shows_sizes_and_what_changed_between_two_dates(told):
    client = browser("viewer")
    address = reverse("segmentation:history", args=["segment", "buyers"])

    page = client.get(address)
    part = client.get(f"{address}difference/", {"from": 2, "to": 1})

    assert [version.number for version in page.context["page"]] == [2, 1]
    assert (page.context["before"], page.context["after"]) == (1, 2)
    assert part.context["found"].left_count == page.context["page"][0].left_count
    assert client.get(f"{address}moved/", {"from": 1, "to": 2, "show": "left", "cause": "clock"}).status_code == 200


@pytest.mark.parametrize(
    "query", [{}, {"show": "left", "from": 1, "to": 9}, {"show": "left", "from": 1, "to": 2, "cause": "x"}]
)
def test_an_address_that_asks_for_nothing_we_have_is_not_found(told, query):
    assert (
        browser("viewer").get(reverse("segmentation:history_moved", args=["segment", "buyers"]), query).status_code
        == 404
    )


def test_the_list_is_downloaded_masked_by_those_who_may_export_and_noted(told):
    address = reverse("segmentation:history_download", args=["segment", "buyers"])
    query = {"from": 1, "to": 2, "show": "left"}

    assert browser("viewer").get(address, query).status_code == 403
    answer = browser("marketer").get(address, query)

    lines = answer.content.decode("utf-8-sig").strip().splitlines()
    found = changed(told)
    assert len(lines) == 1 + found.left_count > 1
    assert any(line.startswith('"bob"') for line in lines)
    assert AccessLog.objects.get(action="history.download").detail["rows"] == found.left_count


def test_a_past_date_is_computed_from_the_page_as_of_its_end(told):
    address = reverse("segmentation:history_compute", args=["segment", "buyers"])

    assert browser("viewer").post(address, {"day": "2026-01-05"}).status_code == 403
    browser("marketer").post(address, {"day": "2026-02-30"})
    browser("marketer").post(address, {"day": str(timezone.localdate())})
    assert Run.objects.filter(requested_by__isnull=False).count() == 0
    browser("marketer").post(address, {"day": "2026-01-05"})

    run = Run.objects.get(requested_by__username="marketer")
    assert timezone.localtime(run.as_of).isoformat() == "2026-01-05T23:59:59+08:00"

    answer = browser("marketer").post(address, {"day": "2026-01-04"}, follow=True)
    assert _("Another run of it is under way. Ask again when that has ended.") in answer.content.decode()
    assert Run.objects.filter(requested_by__isnull=False).count() == 1


def test_a_customer_s_page_says_what_it_entered_and_left(told):
    bob = customer("bob")

    moves = moves_of(bob, now=AS_OF)

    assert [(one.named_set.key, one.entered) for group in moves for one in group] == [
        ("buyers", False),
        ("buyers", True),
    ]
    assert [group[0].first for group in moves] == [False, True]
    assert browser("viewer").get(reverse("segmentation:customer_history", args=[bob])).status_code == 200
    assert moves_of(bob, now=AS_OF, kinds=("tag",)) == []
