"""The whole flow as a marketer walks it, in both languages: from signing in to the file of a frozen audience."""

import csv
import io
import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from customers.models import Customer
from segmentation.audiences.models import Audience
from segmentation.sets import answers, store
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What one reads on the links and buttons, in the order in which they are needed.
WORDS = {
    "en": (
        "Customers", "Tags", "Segments", "New segment", "Churn risk", "Save and compute", "Make an audience",
        "Save draft", "Freeze", "Export to CSV", "Download",
    ),
    "zh-hans": (
        "客户", "标签", "客户分群", "新建分群", "流失预警", "保存并计算", "建立受众",
        "保存草稿", "冻结", "导出 CSV", "下载",
    ),
}  # fmt: skip
PASSWORD = "only-in-this-test-1"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_signing_in_to_the_file_of_a_frozen_audience(visit, shop, worker, language):
    (customers, tags, segments, new, template, save, audience, draft, freeze, export, download) = WORDS[language]
    visitor = visit(role=None, language=language)
    page = visitor.page

    sign_in(visitor)
    look_at_a_customer(visitor, customers)
    open_from_the_menu(visitor, tags)
    page.click("a[href='/tags/lifecycle-stage/']")
    page.wait_for_url("**/tags/lifecycle-stage/")

    open_from_the_menu(visitor, segments)
    page.click(f"a:has-text('{new}')")
    page.click(f"a.card:has-text('{template}')")
    edit_until_the_count_changes(visitor)
    page.fill("[name=name]", f"{template} 2")
    page.click(f"button:has-text('{save}')")
    page.wait_for_url("**/segments/churn-risk-2/")
    page.wait_for_selector(".segtag-stat")
    visitor.settle()
    computed = store.current("segment", "churn-risk-2")
    assert page.inner_text(".segtag-stat .h1") == str(len(computed))

    page.click(f"a:has-text('{audience}')")
    page.wait_for_selector("#reach tr")
    page.wait_for_load_state("networkidle")
    page.click(f"button:has-text('{draft}')")
    page.wait_for_selector("td.segtag-number")
    page.wait_for_load_state("networkidle")
    page.click(f"button:has-text('{freeze}')")
    page.click("#confirm-yes")
    page.wait_for_selector(f"button:has-text('{export}')")
    visitor.settle()
    page.click(f"button:has-text('{export}')")
    page.wait_for_selector(f"a:has-text('{download}')")
    with page.expect_download() as file:
        page.click(f"a:has-text('{download}')")

    version = Audience.objects.get().frozen_version
    reached = store.at_version(version.reached)
    rows = list(csv.reader(io.StringIO(file.value.path().read_text(encoding="utf-8-sig"))))[1:]
    assert {number for [number] in rows} == numbers_of(reached)
    assert 0 < len(rows) < len(computed)
    assert visitor.complaints == []


def sign_in(visitor: Visit) -> None:
    User.objects.filter(username="marketer").update(is_active=True)
    marketer = User.objects.get(username="marketer")
    marketer.set_password(PASSWORD)
    marketer.save()
    visitor.open("/")
    visitor.page.fill("#id_username", "marketer")
    visitor.page.fill("#id_password", PASSWORD)
    visitor.page.press("#id_password", "Enter")
    visitor.page.wait_for_url(visitor.address + "/")
    visitor.settle()


def open_from_the_menu(visitor: Visit, entry: str) -> None:
    visitor.page.locator(".segtag-menu .nav-link").filter(has_text=re.compile(rf"^\s*{entry}\s*$")).click()
    visitor.page.wait_for_load_state("networkidle")


def look_at_a_customer(visitor: Visit, entry: str) -> None:
    open_from_the_menu(visitor, entry)
    visitor.page.click("tbody tr a")
    visitor.page.wait_for_url(re.compile(r"/customers/\d+/$"))
    visitor.settle()


def edit_until_the_count_changes(visitor: Visit) -> None:
    """Asks for fewer orders than the template does, and sees more customers; the number is the true one."""
    page = visitor.page
    page.locator("[data-count]").filter(has_text=re.compile(r"\d")).wait_for()
    before = int(page.inner_text("[data-count]"))
    with page.expect_response("**/rules/preview?*") as answered:
        page.locator(".builder-fields input[type=number]").first.fill("1")
    page.wait_for_selector(".builder-answer:not(.builder-asking)")
    after = int(page.inner_text("[data-count]"))
    document = answered.value.request.post_data_json
    assert after == len(answers.answer(document, as_of=timezone.now())) > before


def numbers_of(ids) -> set[str]:
    return set(Customer.objects.filter(pk__in=list(ids)).values_list("external_id", flat=True))
