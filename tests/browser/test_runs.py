"""Runs in a real browser."""

import pytest

from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from tests.browser.conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_the_pages_of_runs_fit_the_window_and_draw_no_complaint(visit, shop, language, width, dark):
    visitor = visit(role="viewer", language=language, width=width, dark=dark)
    clustering = Run.objects.get(kind="tags.compute", subject="behaviour-cluster")
    for path in ("/runs/", "/runs/?state=unhappy", f"/runs/{clustering.pk}/"):
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


def test_the_list_follows_a_run_to_its_end_by_itself(visit, shop):
    visitor = visit(role="operator")
    run = request_run(kind="segments.compute", subject="loyal")
    visitor.open("/runs/")
    row = f"tr[data-href*='{run.pk}']"
    assert "Queued" in visitor.page.inner_text(row)
    Run.objects.filter(pk=run.pk).update(state=Run.State.SUCCEEDED, active_key=None)
    visitor.page.wait_for_selector(f"{row}:has-text('Succeeded')")
    assert visitor.page.get_attribute("#runs", "hx-get") is None


def test_filters_apply_as_soon_as_they_are_chosen(visit, shop):
    visitor = visit()
    visitor.open("/runs/")
    visitor.page.select_option("select[name=kind]", "profiles.compute")
    visitor.page.wait_for_url("**kind=profiles.compute*")
    assert visitor.page.locator("#runs tbody tr").count() == 1


def test_a_run_is_cancelled_after_a_question(visit, shop):
    visitor = visit(role="operator")
    run = request_run(kind="segments.compute", subject="loyal")
    visitor.open(f"/runs/{run.pk}/")
    visitor.page.click("button:has-text('Cancel run')")
    visitor.page.click("#confirm-yes")
    visitor.page.wait_for_selector("text=Cancelled. Nothing was changed.")
    assert visitor.complaints == []
