"""Audiences in a real browser."""

import re

import pytest
from django.utils import timezone

from customers.consent import reachable
from segmentation.audiences.models import Audience
from segmentation.audiences.services import create_audience, preview_waterfall
from segmentation.sets import store
from tests.browser.conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/audiences/",
    "/new-audience/",
    "/new-audience/?segment=loyal",
    "/audiences/plan/",
    "/audiences/plan/edit/",
)
LOYAL = {"version": 1, "rule": {"all": [{"segment": "loyal"}]}}


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_every_page_of_audiences_fits_the_window_and_draws_no_complaint(visit, shop, language, width, dark):
    create_audience(by=None, key="plan", name="A plan", channel="email", include=LOYAL)
    visitor = visit(language=language, width=width, dark=dark)
    for path in (
        "/audiences/",
        "/new-audience/",
        "/new-audience/?segment=loyal",
        "/audiences/plan/",
        "/audiences/plan/edit/",
    ):
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


def test_the_waterfall_beside_the_form_follows_every_choice(visit, shop):
    visitor = visit()
    loyal = store.current("segment", "loyal")
    visitor.open("/new-audience/?segment=loyal")
    last = visitor.page.locator("#reach tr:last-child .segtag-number")
    visitor.page.fill("[name=holdout_percent]", "0")
    visitor.page.press("[name=holdout_percent]", "Tab")
    for channel in ("sms", "push", "email"):
        visitor.page.select_option("[name=channel]", channel)
        last.filter(has_text=re.compile(rf"^{len(reachable(loyal, channel=channel))}$")).wait_for()
    assert visitor.complaints == []


def test_segments_are_taken_in_and_out_with_one_choice_each(visit, shop):
    visitor = visit()
    visitor.open("/new-audience/")
    for segment, into in (("Loyal customers", "include"), ("On the rise", "exclude")):
        if into == "exclude":
            visitor.page.click("#exclusion summary")
        field = visitor.page.locator(f"select[data-take-into={into}] + .ts-wrapper input")
        field.click()
        visitor.page.keyboard.type(segment)
        with visitor.page.expect_response("**/audience-preview/"):
            visitor.page.keyboard.press("Enter")
    visitor.page.fill("[name=name]", "Loyal but not rising")
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.click("button:has-text('Save draft')")
    visitor.page.wait_for_url("**/audiences/loyal-but-not-rising/")
    visitor.page.wait_for_selector("tr:has-text('Reached')")
    audience = Audience.objects.get()
    assert audience.include["rule"] == {"any": [{"segment": "loyal"}]}
    assert audience.exclude["rule"] == {"any": [{"segment": "rising"}]}
    counts = preview_waterfall(audience, timezone.now()).counts()
    shown = [
        int(text.strip("−").replace(",", "")) for text in visitor.page.locator("td.segtag-number").all_inner_texts()
    ]
    assert shown == [count["left"] if count["step"] in {"matched", "reached"} else count["removed"] for count in counts]
    assert visitor.complaints == []
