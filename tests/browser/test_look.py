"""The frame of every page, in a real browser."""

import pytest
from django.contrib.auth.models import User

from tests.browser.conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_an_empty_site_shows_its_overview_without_a_complaint(visit, language, width, dark):
    visitor = visit(role="administrator", language=language, width=width, dark=dark)
    visitor.open("/")
    assert visitor.page.get_attribute("html", "data-bs-theme") == ("dark" if dark else "light")
    assert visitor.page.get_attribute("html", "lang") == language
    assert visitor.width_beyond_the_window() <= 0
    assert visitor.complaints == []


def test_one_signs_in_with_name_and_password_and_out_again(visit):
    visitor = visit(role=None)
    User.objects.create_user("ann", password="a-long-password")
    visitor.open("/")
    assert "/login/" in visitor.page.url
    visitor.page.fill("#id_username", "ann")
    visitor.page.fill("#id_password", "a-long-password")
    visitor.page.press("#id_password", "Enter")
    visitor.page.wait_for_url(visitor.address + "/")
    visitor.page.click("header [aria-label='Your account']")
    visitor.page.click("header button:has-text('Sign out')")
    visitor.page.wait_for_url("**/login/")
    assert visitor.complaints == []


def test_the_chosen_light_is_remembered_and_set_before_the_page_is_drawn(visit):
    visitor = visit(dark=False)
    visitor.open("/")
    visitor.page.click("header [aria-label='Light or dark']")
    visitor.page.click("header [data-theme-choice='dark']")
    assert visitor.page.get_attribute("html", "data-bs-theme") == "dark"
    visitor.page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first)"
        " window.first = document.documentElement.dataset.bsTheme; })"
        ".observe(document, {childList: true, subtree: true})"
    )
    visitor.open("/")
    assert visitor.page.evaluate("window.first") == "dark"


def test_the_language_is_switched_on_the_page_one_is_on(visit):
    visitor = visit(language="en")
    visitor.open("/?from=here")
    visitor.page.click("header [aria-label='Language']")
    visitor.page.click("header button[lang='zh-hans']")
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.url.endswith("/?from=here")
    assert visitor.page.get_attribute("html", "lang") == "zh-hans"


def test_the_menu_opens_on_a_small_screen(visit):
    visitor = visit(width=390)
    visitor.open("/")
    assert not visitor.page.is_visible("#menu")
    visitor.page.click(".navbar-toggler")
    visitor.page.wait_for_selector("#menu a.nav-link", state="visible")
    assert visitor.complaints == []


def test_a_page_that_is_not_there_says_so_in_the_users_language(visit):
    visitor = visit(language="en")
    visitor.open("/nothing-here/")
    assert "There is no such page" in visitor.text()
    assert visitor.complaints == [f"404: {visitor.address}/nothing-here/"] or len(visitor.complaints) == 2


def test_the_library_of_pictures_is_fetched_only_where_there_is_one(visit):
    visitor = visit(role="administrator")
    fetched = []
    visitor.page.on("request", lambda request: fetched.append(request.url))
    visitor.open("/recycle-bin/")
    assert [url for url in fetched if "segtag/charts" in url]
    assert not [url for url in fetched if "echarts" in url]
