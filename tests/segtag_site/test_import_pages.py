"""Uploading a file of orders: look, map, start, read the books."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers import tasks
from customers.imports import run_import
from customers.models import AccessLog, ImportBatch
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db

HEADER = "invoice_no,customer_id,invoice_date,stock_code,quantity,unit_price\n"
GOOD = HEADER + "1,C-1,2026-11-20 12:00,S-1,2,5.00\n1,C-1,2026-11-20 12:00,S-2,1,3.00\n2,,2026-11-21 09:00,S-1,1,5.00\n"
RENAMED = GOOD.replace("invoice_no", "Beleg")


@pytest.fixture
def operator(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(user_of("operator"))
    return client


@pytest.fixture
def rung(monkeypatch):
    """The imports that were rung for."""
    calls: list[int] = []
    monkeypatch.setattr(tasks, "ring", calls.append)
    return calls


def upload(client, text: str, name: str = "orders.csv", contents: str = "orders"):
    address = reverse("imports:new", query={"contents": contents})
    return client.post(address, {"file": SimpleUploadedFile(name, text.encode())})


def test_a_file_with_known_headers_is_read_without_a_question(operator):
    page = operator.get(upload(operator, GOOD).url)
    preview = page.context["preview"]
    assert preview.missing == []
    assert len(preview.first_rows) == 3


def test_a_column_that_nobody_could_guess_is_asked_for_and_then_used(operator):
    page = operator.get(upload(operator, RENAMED).url)
    assert page.context["preview"].missing == ["order_id"]
    answer = operator.post(
        reverse("imports:mapping"), {**_filled(page), "order_id": "Beleg"}, headers={"hx-request": "true"}
    )
    assert answer.context["preview"].missing == []
    assert b"<html" not in answer.content


def test_start_makes_one_import_and_rings_for_it(operator, rung, django_capture_on_commit_callbacks):
    page = operator.get(upload(operator, GOOD).url)
    with django_capture_on_commit_callbacks(execute=True):
        answer = operator.post(reverse("imports:mapping"), {**_filled(page), "start": "1"})
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("imports:detail", args=[batch.pk])
    assert rung == [batch.pk]
    assert (batch.file_name, batch.by.username) == ("orders.csv", "operator")


def test_nothing_is_stored_by_looking(operator):
    operator.get(upload(operator, GOOD).url)
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("text", ["", "just words\nand more", "\x00\x01\x02"])
def test_a_file_that_holds_no_orders_is_refused_with_a_reason_and_not_kept(operator, settings, text):
    answer = upload(operator, text or " ")
    if answer.status_code == 302:  # it can be read as a table, so its columns are asked for
        assert operator.get(answer.url).context["preview"].missing
    else:
        assert answer.context["form"].errors["file"]
        assert not list((settings.MEDIA_ROOT / "imports").iterdir())


def test_a_file_above_the_limit_is_refused(operator, settings):
    settings.UPLOAD_LIMIT = 10
    assert upload(operator, GOOD).context["form"].errors["file"]


def test_a_link_to_an_upload_that_was_not_ours_is_not_found(operator):
    assert operator.get(reverse("imports:mapping"), {"file": "../../etc/passwd"}).status_code == 404


def test_the_books_of_a_finished_import_close_and_its_rows_can_be_downloaded(
    operator, rung, django_capture_on_commit_callbacks
):
    page = operator.get(upload(operator, GOOD).url)
    operator.post(reverse("imports:mapping"), {**_filled(page), "start": "1"})
    batch = ImportBatch.objects.get()
    progress = operator.get(reverse("imports:progress", args=[batch.pk]))
    assert "HX-Refresh" not in progress
    run_import(batch=batch)
    assert operator.get(reverse("imports:progress", args=[batch.pk]))["HX-Refresh"] == "true"
    books = operator.get(reverse("imports:detail", args=[batch.pk])).context["books"]
    assert books.close
    assert {entry.outcome: entry.rows for entry in books.entries} == {"order_lines": 2, "without_customer": 1}
    download = operator.get(reverse("imports:rejects", args=[batch.pk]))
    assert len(b"".join(download.streaming_content).splitlines()) == 2
    assert AccessLog.objects.filter(action="export", object_kind="import").count() == 1


def test_a_viewer_sees_imports_but_neither_starts_nor_downloads(client):
    client.force_login(user_of("viewer"))
    batch = ImportBatch.objects.create(contents="orders", source="csv", file_name="a.csv")
    assert client.get(reverse("imports:detail", args=[batch.pk])).status_code == 200
    assert client.get(reverse("imports:new")).status_code == 403
    assert client.get(reverse("imports:rejects", args=[batch.pk])).status_code == 403


def _filled(page) -> dict[str, str]:
    """What the mapping form sends as it was shown."""
    fields = {field.name: field.value() or "" for field in page.context["form"]}
    return {**fields, "file": page.context["upload"].token}
