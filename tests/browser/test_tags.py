"""Tags in a real browser."""

import pytest

from segmentation.sets import store
from tests.browser.conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/tags/",
    "/tags/spending-power/",
    "/tags/rfm-group/",
    "/tags/lifecycle-stage/",
    "/tags/liked-categories/",
    "/members/tag_value/lifecycle-stage/mature/",
)


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_every_page_of_tags_fits_the_window_and_draws_no_complaint(visit, shop, language, width, dark):
    visitor = visit(role="viewer", language=language, width=width, dark=dark)
    for path in PAGES:
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


def test_a_part_of_a_bar_leads_to_as_many_customers_as_it_says(visit, shop):
    visitor = visit()
    visitor.open("/tags/")
    part = visitor.page.locator("tr:has-text('Lifecycle stage') .segtag-values a[href$='/mature/']:visible")
    told = part.get_attribute("title")
    part.click()
    visitor.page.wait_for_url("**/members/tag_value/lifecycle-stage/mature/")
    size = len(store.current("tag_value", "lifecycle-stage", "mature"))
    assert told == f"Mature: {size}"
    assert visitor.page.inner_text(".nav-link.active .badge") == str(size)


def test_a_tag_computed_by_hand_shows_its_bar_and_then_its_values(visit, shop, worker):
    visitor = visit(role="operator")
    visitor.open("/tags/rfm-group/")
    visitor.page.click("button:has-text('Compute now')")
    visitor.page.wait_for_selector(".segtag-progress")
    visitor.page.wait_for_selector("button:has-text('Compute now')")
    visitor.settle()
    assert "first run" not in visitor.text()
    assert visitor.complaints == []
