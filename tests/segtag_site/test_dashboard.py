"""The overview: what it counts, and that each number leads to the customers behind it."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from customers.ingest.pipeline import ingest
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.tags.services import create_category, create_tag, publish_tag
from segtag_site.pages.overview import recent_runs
from segtag_site.pages.sales import sales_report
from tests.segtag_site.shop import NOON, open_shop, order, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def marketer(client):
    client.force_login(user_of("marketer"))
    return client


def test_a_new_site_says_how_to_begin(marketer):
    page = marketer.get(reverse("dashboard"))
    assert "pages/welcome.html" in [template.name for template in page.templates]


def test_before_the_first_sync_the_overview_says_what_to_do(marketer, lake):
    open_shop()
    page = marketer.get(reverse("dashboard"))
    assert page.context["sales"] is None
    assert reverse("segmentation:run_list") in page.content.decode()


def test_orders_are_counted_in_the_week_they_fell_into(lake):
    open_shop(orders=30)
    sync()
    report = sales_report(NOON + timedelta(hours=1))
    assert [week.orders for week in report.weeks[-5:]] == [2, 7, 7, 7, 7]
    assert (report.now.orders, report.before.orders) == (28, 2)
    assert report.now.revenue == sum(10.0 + number for number in range(28))
    assert report.now.buyers == 1
    assert report.changes["orders"] == 13


def test_a_week_ends_just_before_its_last_moment(lake):
    open_shop(orders=1)
    sync()
    assert sales_report(NOON).now.orders == 0
    assert sales_report(NOON + timedelta(microseconds=1)).now.orders == 1
    between_two_weeks = sales_report(NOON + timedelta(days=28))
    assert between_two_weeks.now.orders == 1
    assert sum(week.orders for week in between_two_weeks.weeks) == 1


def test_the_change_against_no_sales_at_all_is_not_shown(lake):
    open_shop(orders=1)
    sync()
    assert sales_report(NOON + timedelta(hours=1)).changes["orders"] is None


def test_the_number_of_buyers_leads_to_exactly_those_buyers(marketer, lake):
    open_shop(orders=3)
    sync()
    page = marketer.get(reverse("dashboard"))
    behind = marketer.get(page.context["buyers_url"])
    assert behind.context["page"].paginator.count == page.context["sales"].now.buyers == 1
    assert [row["customer"].external_id for row in behind.context["rows"]] == ["C-1"]


def test_every_cell_of_the_rfm_grid_leads_to_as_many_customers_as_it_shows(marketer, lake):
    open_shop(orders=1)
    for number in range(40):
        assert not ingest([_order_of(f"R-{number:02}", number, days) for days in range(1 + number % 7)]).refused
    sync()
    category = create_category(key="value", name_zh="价值", name_en="Value")
    tag = create_tag(
        key="rfm", kind="rfm", definition={}, category=category, name_zh="RFM", name_en="RFM", exclusive=True
    )
    publish_tag(tag=tag, by=None)
    as_of = NOON + timedelta(days=2)
    for kind, subject in (("profiles.compute", ""), ("tags.compute", "rfm")):
        run = execute(request_run(kind=kind, subject=subject, as_of=as_of).pk)
        assert run.error == ""
    cells = marketer.get(reverse("dashboard")).context["rfm"][1]["cells"]
    assert sum(cell[2] for cell in cells) == 41
    for r, f, customers, address in cells:
        assert marketer.get(address).context["page"].paginator.count == customers, (r, f)


@pytest.mark.parametrize("rule", ["{", "[]", '{"all": []}', '{"all": [{"trait": "nothing", "op": "is", "value": 1}]}'])
def test_an_address_with_a_rule_that_cannot_be_answered_is_not_found(marketer, lake, rule):
    open_shop()
    sync()
    query = {"rule": rule, "as_of": NOON.isoformat()}
    assert marketer.get(reverse("customers:list"), query).status_code == 404


def test_a_rule_without_its_moment_is_not_found(marketer, lake):
    assert marketer.get(reverse("customers:list"), {"rule": "{}", "as_of": "yesterday"}).status_code == 404


def _order_of(customer: str, number: int, days: int):
    one = order(number)
    time: datetime = NOON - timedelta(days=days * (1 + number % 5))
    return type(one)(f"{customer}-{days}", customer, one.name, time, one.properties)


def test_the_steps_of_a_flow_are_told_together_with_it():
    flow = request_run(kind="flow.nightly")
    for number in range(9):
        step = request_run(kind="tags.compute", subject=f"tag-{number}", params={"flow": str(flow.pk)})
        Run.objects.filter(pk=step.pk).update(state=Run.State.FAILED if number < 2 else Run.State.SUCCEEDED)
    alone = request_run(kind="tags.compute", subject="by-hand")
    assert [(one.run, one.steps, one.failed) for one in recent_runs()] == [(alone, 0, 0), (flow, 9, 2)]
