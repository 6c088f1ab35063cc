"""Customers and imports in a real browser: what one clicks, types and uploads."""

import pytest
from django.urls import reverse

from customers.imports import run_import
from customers.models import AccessLog, ImportBatch
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.services import request_run
from tests.browser.conftest import LOOKS
from tests.segtag_site.shop import NOON, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ann(settings, tmp_path):
    """A customer with 23 orders, in the lake too, features computed."""
    settings.LAKE_DIR, settings.MEDIA_ROOT = tmp_path / "lake", tmp_path / "uploads"
    customer = open_shop(orders=23)
    sync()
    assert execute(request_run(kind="profiles.compute", as_of=NOON).pk).error == ""
    return customer


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_every_page_about_facts_fits_the_window_and_draws_no_complaint(visit, ann, language, width, dark):
    visitor = visit(role="operator", language=language, width=width, dark=dark)
    for path in ("/", "/customers/", "/customers/duplicates/", f"/customers/{ann.pk}/", "/imports/", "/imports/new/"):
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


def test_one_finds_a_customer_from_any_page_by_the_keyboard_alone(visit, ann):
    visitor = visit()
    visitor.open("/")
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("ann@example.com")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/customers/?q=*")
    visitor.page.click("tbody a:has-text('C-1')")
    visitor.page.wait_for_url(f"**/customers/{ann.pk}/")
    assert "C-1" in visitor.page.inner_text("h1")


def test_an_identity_is_revealed_in_place_after_a_reason(visit, ann):
    visitor = visit(role="privacy-officer")
    visitor.open(f"/customers/{ann.pk}/")
    assert "Ann Example" not in visitor.text()
    visitor.page.click("#identity summary")
    visitor.page.fill("#id_reason", "she asked for her data")
    visitor.page.click("#identity form button")
    visitor.page.wait_for_selector("#identity >> text=Ann Example")
    assert AccessLog.objects.filter(action="reveal", object_kind="customer").count() == 1
    assert visitor.complaints == []


def test_older_events_are_added_below(visit, ann):
    visitor = visit()
    visitor.open(f"/customers/{ann.pk}/")
    shown = visitor.page.locator(".segtag-event")
    assert shown.count() == 20
    visitor.page.click("#timeline button")
    visitor.page.wait_for_selector(".segtag-event >> nth=22")
    assert shown.count() == 23
    assert visitor.complaints == []


def test_help_is_shown_on_focus(visit, ann):
    visitor = visit(language="en")
    visitor.open("/customers/")
    visitor.page.focus("main .segtag-help >> nth=0")
    visitor.page.wait_for_selector(".popover >> text=whole e-mail address")
    assert visitor.complaints == []


def test_a_file_with_a_strange_header_is_mapped_seen_and_imported(visit, ann, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text(
        "Beleg,customer_id,invoice_date,stock_code,quantity,unit_price\nB-1,C-1,2026-11-20 12:00,S-9,2,5.00\n"
    )
    visitor = visit(role="operator", language="en")
    visitor.open("/imports/new/")
    visitor.page.set_input_files("#id_file", str(file))
    visitor.page.click("main form button")
    visitor.page.wait_for_selector("#preview >> text=Choose the columns")
    visitor.page.select_option("#id_order_id", "Beleg")
    visitor.page.wait_for_selector("#preview >> text=B-1")
    visitor.page.click("#preview button[name=start]")
    visitor.page.wait_for_url("**/imports/*/")
    batch = ImportBatch.objects.get()
    assert reverse("imports:detail", args=[batch.pk]) in visitor.page.url
    run_import(batch=batch)
    visitor.page.wait_for_selector("text=the books close")
    assert visitor.complaints == []
