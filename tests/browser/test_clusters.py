"""Clusters in a real browser."""

import pytest

from tests.browser.conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_the_pages_of_clusters_fit_the_window_and_draw_no_complaint(visit, shop, language, width, dark):
    visitor = visit(role="marketer", language=language, width=width, dark=dark)
    for path in ("/clusters/", "/clusters/behaviour-cluster/", "/new-cluster/"):
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


def test_a_click_on_the_map_opens_a_customer(visit, shop):
    visitor = visit()
    visitor.open("/clusters/behaviour-cluster/")
    point = visitor.page.evaluate(
        "(() => { const box = document.querySelector('[data-chart=scatter]');"
        " const chart = echarts.getInstanceByDom(box); const data = chart.getOption().series[0].data[0];"
        " const [x, y] = chart.convertToPixel({seriesIndex: 0}, data.value);"
        " box.scrollIntoView({block: 'center'}); return {x, y}; })()"
    )
    visitor.page.locator("[data-chart=scatter]").click(position=point)
    visitor.page.wait_for_url("**/customers/*/")
    assert visitor.complaints == []
