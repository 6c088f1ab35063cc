"""A campaign from the plan to what it brought, in both languages: built, approved by another, sent, measured, read."""

import csv
import io
import os
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import override

from customers.models import Customer
from segmentation.audiences.models import Audience
from segmentation.measurement.models import Measurement
from segmentation.sets import store
from tests.browser.conftest import Visit
from tests.browser.test_flow import sign_in
from tests.workers import celery_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/audiences/spring/"
LONG = os.environ.get("SEGTAG_LONG")


@pytest.fixture
def strict_worker(broker, processes) -> None:
    """A worker of a shop that lets no audience go without a second pair of eyes."""
    broker.forget()
    processes.append(celery_worker(SEGTAG_APPROVAL_ABOVE="1"))


@pytest.mark.parametrize(
    "language",
    ["en", pytest.param("zh-hans", marks=pytest.mark.skipif(not LONG, reason="SEGTAG_LONG=1 asks for it"))],
)
def test_a_campaign_is_built_approved_sent_and_read(visit, shop, strict_worker, language):
    marketer, reviewer = visit(role=None, language=language), visit(role="reviewer", language=language)
    sign_in(marketer)  # with the password, without which no list leaves
    build(marketer, {"en": "Save draft", "zh-hans": "保存草稿"}[language])
    assert marketer.page.locator("form[action$='/export/']").count() == 0  # nothing leaves before it is approved

    reviewer.open(PAGE)
    reviewer.page.click("form[action$='/approve/'] button")
    reviewer.page.wait_for_selector(".alert-success")

    version = Audience.objects.get().frozen_version
    reached = store.at_version(version.reached)
    assert export(marketer) == set(Customer.objects.filter(pk__in=reached).values_list("external_id", flat=True))

    measure(marketer)
    shown = marketer.text()
    look = Measurement.objects.get().looks.get()
    assert (look.result["treated"], look.result["held_out"]) == (version.reached.size, version.holdout.size)
    with override(language):
        points = number_format(round(abs(100 * look.result["metrics"]["conversion"]["difference"]), 2), 2)
    assert points in shown
    assert [visitor.complaints for visitor in (marketer, reviewer)] == [[], []]


def build(visitor: Visit, save: str) -> None:
    """Plans the audience beside its waterfall, saves the draft and freezes it."""
    page = visitor.page
    visitor.open("/new-audience/?segment=loyal")
    page.fill("[name=name]", "Spring")
    page.fill("[name=holdout_percent]", "50")  # of few customers, by lot: with less there may be nobody to compare with
    page.wait_for_selector("#reach tr")
    page.wait_for_load_state("networkidle")
    page.click(f"button:has-text('{save}')")
    page.wait_for_url(f"**{PAGE}")
    page.click("form[action$='/freeze/'] button")
    page.click("#confirm-yes")
    page.wait_for_selector(".badge.bg-orange-lt")


def export(visitor: Visit) -> set[str]:
    """The customers in the file."""
    page = visitor.page
    visitor.open(PAGE)
    page.click("form[action$='/export/'] button.btn-primary")
    page.wait_for_selector("a[href^='/exports/']")
    with page.expect_download() as file:
        page.click("a[href^='/exports/']")
    return {number for [number] in list(csv.reader(io.StringIO(file.value.path().read_text("utf-8-sig"))))[1:]}


def measure(visitor: Visit) -> None:
    """Asks what the campaign brought, as if it had begun three weeks ago, and looks now."""
    page = visitor.page
    visitor.open(PAGE)
    page.click(f"a[href='{PAGE}results/']")
    page.fill("[name=start]", f"{timezone.localtime() - timedelta(days=20):%Y-%m-%dT%H:%M}")
    page.fill("[name=days]", "14")
    page.click("form:has([name=start]) button.btn-primary")
    page.click("form[action$='/look/'] button")
    page.wait_for_selector(".card-status-start")
    visitor.settle()
