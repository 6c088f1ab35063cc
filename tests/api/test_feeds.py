"""Products, events, imports and webhooks over the API."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from customers import tasks
from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import EventRecord, ProductRecord
from customers.models import AccessLog, Customer, ImportBatch
from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.api.conftest import client_of

PEOPLE = "客户编号,姓名,邮箱\nN-1,张伟,w@example.com\n,李娜,n@example.com\n".encode("gb18030")


@pytest.fixture
def operator(shop, monkeypatch) -> APIClient:
    monkeypatch.setattr("customers.tasks.ring", lambda batch_id: None)
    monkeypatch.setattr("segmentation.webhooks.api.ring_webhooks", lambda: None)
    return client_of("operator")


def people(**more: str) -> dict:
    return {"file": SimpleUploadedFile("people.csv", PEOPLE), "contents": "customers", **more}


def test_products_are_found_page_by_page(client) -> None:
    store_products([ProductRecord(f"T-{n}", f"Tea {n}", ["food", "tea"], "Leaf") for n in range(3)])
    first = client.get("/api/v1/products", {"search": "tea", "page_size": 2}).json()
    assert [row["sku"] for row in first["results"]] == ["T-0", "T-1"]
    assert [row["sku"] for row in client.get(first["next"]).json()["results"]] == ["T-2"]
    assert client.get("/api/v1/products", {"brand": "Leaf"}).json()["results"][0]["category_path"] == ["food", "tea"]
    assert client.get("/api/v1/products/T-1").json()["name"] == "Tea 1"
    assert client.get("/api/v1/products/none").status_code == 404


def test_events_of_a_customer_come_newest_first_and_no_others(shop, client) -> None:
    number, now = shop[0].external_id, timezone.now()
    ingest([EventRecord(f"f-{n}", number, "Feed Read", now, {"n": n}) for n in range(3)])
    address = f"/api/v1/customers/{shop[0].pk}/events"
    first = client.get(address, {"name": "Feed Read", "page_size": 2}).json()
    rest = client.get(first["next"]).json()
    assert [row["properties"]["n"] for row in [*first["results"], *rest["results"]]] == [2, 1, 0]
    assert client.get(address, {"name": "Feed Read", "until": now.isoformat()}).json()["results"] == []
    assert client.get(address, {"since": "yesterday"}).status_code == 400
    assert client.get("/api/v1/customers/999999/events").status_code == 404


def test_looking_into_a_file_stores_nothing(operator) -> None:
    seen = operator.post("/api/v1/imports/look", people(), format="multipart").json()
    assert seen["mapping"] == {"customer_id": "客户编号", "name": "姓名", "email": "邮箱"}
    assert "GB18030" in seen["description"]
    assert [(row["line"], row["reason"]) for row in seen["refused"]] == [(3, "no_customer")]
    assert not ImportBatch.objects.filter(contents="customers").exists()


def test_a_file_is_taken_and_its_books_are_told(operator) -> None:
    answer = operator.post("/api/v1/imports", people(), format="multipart")
    assert answer.status_code == 202
    made = answer.json()
    tasks.run_import(made["id"])
    told = operator.get(f"/api/v1/imports/{made['id']}").json()
    assert (told["state"], told["rows_read"], told["counts"]) == ("done", 2, {"customers": 1, "without_customer": 1})
    assert Customer.objects.filter(external_id="N-1").exists()
    [refused] = operator.get(f"/api/v1/imports/{made['id']}/refused").json()["results"]
    assert (refused["line"], refused["reason"], refused["row"]["姓名"]) == (3, "no_customer", "李*")
    assert AccessLog.objects.filter(action="export", object_kind="import").exists()
    assert operator.get("/api/v1/imports", {"contents": "customers"}).json()["results"][0]["id"] == made["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"mapping": "{"},
        {"mapping": json.dumps({"customer_id": "nothing"})},
        {"mapping": json.dumps({"customer_id": 1})},
        {"contents": "people"},
        {"file": ""},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_read_is_refused_and_not_kept(operator, change) -> None:
    before = ImportBatch.objects.count()
    assert operator.post("/api/v1/imports", people() | change, format="multipart").status_code == 400
    assert ImportBatch.objects.count() == before


@pytest.mark.parametrize("query", [{"state": "odd"}, {"contents": "odd"}, {"colour": "red"}])
def test_a_filter_that_is_not_known_is_refused(client, query) -> None:
    assert client.get("/api/v1/imports", query).status_code == 400


WISH = {"name": "Mail", "url": "https://example.com/hook", "kinds": ["customers.entered"], "subjects": ["segment/vip"]}


def test_a_webhook_is_made_changed_switched_and_deleted(operator, client) -> None:
    made = operator.post("/api/v1/webhooks", WISH, format="json").json()
    assert made["secret"].startswith("whsec_")
    address = f"/api/v1/webhooks/{made['id']}"
    assert "secret" not in client_of("administrator").get(address).json()
    assert operator.patch(address, {"subjects": []}, format="json").json()["subjects"] == []
    assert operator.post(f"{address}/switch", {"enabled": False}, format="json").json()["enabled"] is False
    assert client.get("/api/v1/webhooks").status_code == 403
    assert operator.delete(address).status_code == 204
    assert not WebhookEndpoint.objects.filter(pk=made["id"]).exists()


@pytest.mark.parametrize(
    "change", [{"url": "http://127.0.0.1/"}, {"kinds": []}, {"kinds": ["odd"]}, {"subjects": ["x"]}]
)
def test_a_webhook_that_could_not_work_is_refused(operator, change) -> None:
    assert operator.post("/api/v1/webhooks", WISH | change, format="json").status_code == 400


def test_messages_are_listed_and_sent_again(operator) -> None:
    made = operator.post("/api/v1/webhooks", WISH, format="json").json()
    address = f"/api/v1/webhooks/{made['id']}"
    endpoint = WebhookEndpoint.objects.get(pk=made["id"])
    lost, done = (
        WebhookMessage.objects.create(endpoint=endpoint, kind="run.failed", subject="run/1", state=state, attempt=10)
        for state in ("given_up", "delivered")
    )
    shown = operator.get(f"{address}/messages", {"state": "given_up"}).json()["results"]
    assert [row["webhook_id"] for row in shown] == [lost.webhook_id]
    assert operator.get(f"{address}/messages", {"state": "odd"}).status_code == 400
    assert operator.post(f"{address}/replay", {}, format="json").json() == {"messages": 1}
    assert operator.post(f"{address}/replay", {"webhook_id": done.webhook_id}, format="json").json() == {"messages": 1}
    for message in (lost, done):
        message.refresh_from_db()
        assert (message.state, message.attempt) == ("waiting", 0)
    unknown = {"webhook_id": "msg_" + "0" * 32}
    assert operator.post(f"{address}/replay", unknown, format="json").status_code == 404
