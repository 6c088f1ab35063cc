"""Deliveries and the suppression list over the API."""

import pytest

from customers.models import AccessLog, Customer
from segmentation.activation.delivery_models import Delivery, DeliveryPlan
from segmentation.audiences import suppression
from segmentation.audiences.contact_models import Suppression
from segmentation.runs.models import Run
from segmentation.sets import store
from tests.api.conftest import client_of
from tests.campaign import run

RESULTS = "/api/v1/deliveries/{}/results"


@pytest.fixture
def plan(shop) -> DeliveryPlan:
    return DeliveryPlan.objects.get()


def walk(client, url: str, **query) -> list[dict]:
    """All results of all pages."""
    rows, answer = [], client.get(url, query).json()
    while True:
        rows += answer["results"]
        if not answer["next"]:
            return rows
        answer = client.get(answer["next"]).json()


def test_each_customer_is_told_once_with_its_reason(client, plan):
    delivery = Delivery.objects.get()
    rows = walk(client, RESULTS.format(plan.pk), page_size=7)
    told = {one.outcome: store.load(one.members) for one in delivery.outcomes.all()}
    assert {(row["id"], row["outcome"]) for row in rows} == {(id, key) for key, ids in told.items() for id in ids}
    assert len(rows) == delivery.version.reached.size
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    [skipped] = walk(client, RESULTS.format(plan.pk), outcome="withdrawn")
    assert skipped["external_id"] == Customer.objects.get(pk=skipped["id"]).external_id
    assert skipped["reason"] != "withdrawn"


def test_a_walk_stays_with_the_delivery_it_began_with(marketer, plan):
    first = marketer.get(RESULTS.format(plan.pk), {"page_size": 1}).json()
    root = plan.owner
    asked = marketer.post(f"/api/v1/deliveries/{plan.pk}/send")
    assert asked.status_code == 202
    run(Run.objects.get(pk=asked.json()["id"]))
    assert plan.owner == root
    assert marketer.get(first["next"]).json()["delivery"] == first["delivery"]
    assert marketer.get(RESULTS.format(plan.pk)).json()["delivery"] > first["delivery"]
    times = marketer.get(f"/api/v1/deliveries/{plan.pk}/times").json()["results"]
    assert [one["counts"] for one in times] == [one.counts for one in plan.deliveries.all()]
    assert len(times) == 2
    assert marketer.get(RESULTS.format(plan.pk), {"cursor": "999999-1"}).json()["errors"][0]["code"] == "bad_cursor"


def test_a_plan_is_made_listed_and_keeps_its_secret(marketer, client, shop):
    told = {"url": "https://example.com/", "secret": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}
    body = {"name": "To the shop", "destination": "webhook", "settings": told, "schedule": "daily"}
    url = "/api/v1/audiences/spring/deliveries"
    assert marketer.post(url, body | {"settings": {}}, format="json").json()["errors"][0]["code"] == "setting_missing"
    assert client.post(url, body, format="json").status_code == 403
    made = marketer.post(url, body, format="json")
    assert made.status_code == 201
    assert "whsec_" not in made.content.decode() + client.get("/api/v1/deliveries").content.decode()
    assert client.get(url).json()["results"][0]["id"] == made.json()["id"]
    assert client.get(RESULTS.format(made.json()["id"])).json() == {"delivery": None, "next": None, "results": []}
    assert client.get("/api/v1/audiences/draft/deliveries").json()["results"] == []


def test_a_customer_comes_off_the_list_for_whom_may_take_off(client, marketer, shop):
    entry = suppression.suppress(customer=shop[3], by=None)
    url = f"/api/v1/suppressions/{entry.pk}"
    assert client.delete(url).status_code == marketer.delete(url).status_code == 403
    operator = client_of("operator")
    assert operator.delete(url).status_code == 204
    assert not Suppression.objects.exists()
    assert AccessLog.objects.filter(action="suppression.lift", object_key=str(shop[3].pk)).exists()
    assert operator.delete(url).status_code == 404
