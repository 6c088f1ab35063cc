"""Segments and the rule builder in a real browser."""

import pytest
from django.utils import timezone

from segmentation.segments.models import Segment
from segmentation.sets import answers, store
from tests.browser.building import Builder
from tests.browser.conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/segments/",
    "/segments/high-value/",
    "/new-segment/",
    "/segments/churn-risk/edit/",
    "/members/segment/loyal/",
)


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_every_page_of_segments_fits_the_window_and_draws_no_complaint(visit, shop, language, width, dark):
    visitor = visit(language=language, width=width, dark=dark)
    for path in PAGES:
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


def test_a_changed_rule_shows_who_enters_and_leaves_before_it_is_saved(visit, shop):
    visitor = visit()
    builder = Builder(visitor, "/segments/high-value/edit/")
    before = store.current("segment", "high-value")
    builder.count()
    days = builder.page.locator(".builder-window input[type=number]")
    with builder.page.expect_response("**/compare/") as compared:
        days.fill("7")
    after = answers.answer(builder.document, as_of=timezone.now())
    assert compared.value.ok
    assert f"−{len(before - after)}" in builder.page.inner_text("#change")
    visitor.page.click("button:has-text('Save')")
    visitor.page.wait_for_url("**/segments/high-value/")
    assert Segment.objects.get(key="high-value").live_version.number == 2
    assert visitor.complaints == []
