"""Facts told over the API, and requests that are sent again."""

import pytest
from django.core.cache import cache

from customers.models import AccessLog, Consent, Customer, Event, Product, Touched
from tests.api.conftest import client_of

EVENT = {"message_id": "w-1", "user_id": "writer", "name": "Order Completed", "properties": {"total": 5}}


@pytest.fixture
def root(shop):
    return client_of("administrator")


def post(client, path: str, body: dict, **headers: str):
    return client.post(f"/api/v1/{path}", body, format="json", headers=headers)


def test_events_are_stored_once_and_bad_ones_are_told_with_their_place(root):
    bad = {**EVENT, "message_id": "w-2", "user_id": "undefined"}
    answer = post(root, "events", {"events": [EVENT, bad]})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["stored"], [one["place"] for one in answer.json()["refused"]]) == (1, [1])
    assert post(root, "events", {"events": [EVENT]}).json()["duplicates"] == ["w-1"]
    assert Event.objects.get(message_id="w-1").customer.external_id == "writer"
    assert Touched.objects.filter(what="Order Completed").exists()


@pytest.mark.parametrize("body", [{"events": []}, {"events": 5}, {"events": [{**EVENT, "user_id": ""}]}, {}])
def test_what_is_no_list_of_events_is_refused(root, body):
    assert post(root, "events", body).status_code == 400


def test_customers_products_and_consents_are_stored(root):
    person = {"user_id": "writer", "traits": {"city": "苏州"}, "email": "w@example.com"}
    assert post(root, "customers", {"customers": [person]}).json()["stored"] == 1
    customer = Customer.objects.get(external_id="writer")
    assert customer.traits["city"] == "苏州"
    told = {"products": [{"sku": "W-1", "name": "Pen", "category_path": ["office", "pens"]}]}
    assert post(root, "products", told).json() == {"stored": 1}
    assert Product.objects.get(sku="W-1").name == "Pen"
    answer = post(root, f"customers/{customer.pk}/consents", {"channel": "email", "granted": True})
    assert answer.status_code == 201
    assert Consent.objects.get(customer=customer).granted is True


def test_customers_are_merged_and_separated_again(root, shop):
    first, second = shop[:2]
    merged = post(root, f"customers/{first.pk}/merge", {"into": second.pk})
    assert merged.json() == {"id": first.pk, "merged_into": second.pk}, merged.content
    assert post(root, f"customers/{first.pk}/merge", {"into": second.pk}).status_code == 400
    assert post(root, f"customers/{first.pk}/separate", {}).json()["merged_into"] is None
    assert AccessLog.objects.filter(action__in=["merge", "separate"]).count() == 2
    assert post(root, f"customers/{first.pk}/merge", {"into": 10**9}).status_code == 404


def test_a_request_sent_again_does_nothing_again(root, shop):
    path = f"customers/{shop[0].pk}/consents"
    told = {"channel": "email", "granted": True}
    before = Consent.objects.count()
    first = post(root, path, told, **{"Idempotency-Key": "k-1"})
    again = post(root, path, told, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert Consent.objects.count() == before + 1
    other = post(root, path, {**told, "granted": False}, **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency_key_used")


def test_a_key_is_its_senders_own(root, shop):
    path, told = f"customers/{shop[0].pk}/consents", {"channel": "email", "granted": True}
    post(root, path, told, **{"Idempotency-Key": "k-2"})
    other = post(client_of("viewer"), path, told, **{"Idempotency-Key": "k-2"})
    assert other.status_code == 403


def test_a_request_that_failed_may_be_mended_under_the_same_key(root, shop):
    path = f"customers/{shop[0].pk}/consents"
    assert post(root, path, {"channel": "pigeon", "granted": True}, **{"Idempotency-Key": "k-3"}).status_code == 400
    assert post(root, path, {"channel": "email", "granted": True}, **{"Idempotency-Key": "k-3"}).status_code == 201


def test_while_the_first_is_under_way_the_second_waits(root, shop, monkeypatch):
    monkeypatch.setattr(cache, "set", lambda *told, **more: None)
    monkeypatch.setattr(cache, "delete", lambda *told, **more: None)
    told = {"channel": "email", "granted": True}
    post(root, f"customers/{shop[0].pk}/consents", told, **{"Idempotency-Key": "k-4"})
    second = post(root, f"customers/{shop[0].pk}/consents", told, **{"Idempotency-Key": "k-4"})
    assert (second.status_code, second["Retry-After"]) == (409, "1")


def test_without_its_memory_nothing_is_done_twice(root, shop, broker):
    before = Consent.objects.count()
    broker.stop()
    told = {"channel": "email", "granted": True}
    answer = post(root, f"customers/{shop[0].pk}/consents", told, **{"Idempotency-Key": "k-5"})
    assert (answer.status_code, Consent.objects.count()) == (503, before)
