"""The page of lists of an imported tag."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.models import AccessLog, Customer
from segmentation.runs.models import Run
from segmentation.tags import services
from segmentation.tags.models import Tag
from tests.segmentation.tags.test_given import VALUES
from tests.segmentation.test_pages import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
PAGE = "/tags/card/lists/"
TEXT = "用户编号,取值\nann,贵宾\nbob,plain\nann,plain\nnobody,vip\ncat,tall\n=1+1\n"


@pytest.fixture
def tag() -> Tag:
    folder = services.create_category(key="c", name_zh="类", name_en="C")
    made = services.create_tag(
        key="card", kind="imported", definition={"names": VALUES}, category=folder, name_zh="会员卡", name_en="Card"
    )
    return services.publish_tag(tag=made, by=None)


def upload(client, text: bytes = TEXT.encode("gb18030"), mode: str = "replace"):
    return client.post(PAGE, {"file": SimpleUploadedFile("cards.csv", text), "mode": mode})


def test_an_operator_uploads_a_list_sees_its_books_close_and_downloads_what_was_not_taken(tag):
    operator = browser("operator")
    assert PAGE in operator.get(reverse("segmentation:tag_detail", args=["card"])).text
    assert upload(operator).status_code == 302

    taken = tag.lists.get()
    books = (taken.rows, taken.matched, taken.unmatched, taken.duplicate, taken.invalid)
    assert (books, taken.refused_count) == ((6, 2, 1, 1, 2), 4)
    assert Run.objects.filter(kind="tags.compute", subject="card", state="queued").exists()
    refused = reverse("segmentation:value_list_refused", args=["card", taken.pk])
    shown = operator.get(PAGE)
    assert refused in shown.text
    assert [counted for _list, counted in shown.context["lists"]] == [[(VALUES[0]["en"], 1), (VALUES[1]["en"], 1)]]
    lines = operator.get(refused).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + taken.refused_count
    assert "nobody,vip" in lines[2]
    assert "'=1+1" in lines[4]
    assert AccessLog.objects.filter(action="export", object_kind="tag", object_key="card").count() == 1


def test_what_is_no_text_is_refused_on_the_page(tag):
    answer = upload(browser("operator"), b"\0\1\2")
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert not tag.lists.exists()


def test_who_may_not_give_values_reads_the_books_and_takes_nothing_in_or_out(tag):
    upload(browser("operator"))
    viewer = browser("viewer")
    assert upload(viewer, b"ann,plain").status_code == 403
    assert tag.lists.count() == 1
    assert '<form method="post" enctype' not in viewer.get(PAGE).text
    assert viewer.get(reverse("segmentation:value_list_refused", args=["card", tag.lists.get().pk])).status_code == 403


def test_in_anothers_folder_no_list_is_taken(tag):
    services.set_editors(category=tag.category, editors=[Group.objects.create(name="crm")])
    operator = browser("operator")
    assert not operator.get(PAGE).context["may_give"]
    upload(operator)
    assert not tag.lists.exists()


def test_tags_of_other_kinds_have_no_lists(client, tag):
    Tag.objects.filter(pk=tag.pk).update(kind="manual")
    assert browser("operator").get(PAGE).status_code == 404
    assert text_of(browser("operator").get(reverse("segmentation:tag_detail", args=["card"])))
    assert Customer.objects.exists()
