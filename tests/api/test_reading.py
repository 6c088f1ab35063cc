"""Customers, tags, segments and runs over the API."""

import json

import pyarrow as pa
import pytest

from segmentation.runs.models import Run
from segmentation.scores import store as scores
from segmentation.tags.models import Tag, TagVersion

SECRETS = ("张三", "zhang", "1380010", "南京路")


def test_customers_are_shown_masked_whoever_asks(shop, admin_client):
    for path in ("/api/v1/customers", f"/api/v1/customers/{shop[3].pk}"):
        text = json.dumps(admin_client.get(path).json(), ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in text]
    person = admin_client.get(f"/api/v1/customers/{shop[3].pk}").json()["person"]
    assert person == {
        "name": "张**",
        "email": "z***@example.com",
        "phone": "138****0003",
        "address": person["address"],
        "synthetic": True,
    }


@pytest.mark.parametrize("search", ["C-007", "zhang7@example.com", " ZHANG7@example.com ", "+8613800100007"])
def test_customers_are_found_by_number_and_by_whole_e_mail_or_phone(shop, client, search):
    answer = client.get("/api/v1/customers", {"search": search}).json()
    assert [row["external_id"] for row in answer["results"]] == ["C-007"]


def test_a_part_of_an_e_mail_finds_nobody(shop, client):
    assert client.get("/api/v1/customers", {"search": "zhang7"}).json()["results"] == []


def test_a_customer_has_traits_and_consents(shop, client):
    told = client.get(f"/api/v1/customers/{shop[5].pk}").json()
    assert {trait["name"]: trait["value"] for trait in told["traits"]} == {"city": "杭州", "points": 50, "vip": False}
    assert [(c["purpose"], c["channel"], c["granted"]) for c in told["consents"]] == [("marketing", "email", False)]


def test_tags_come_with_their_values_and_sizes(shop, client):
    [listed] = client.get("/api/v1/tags", headers={"accept-language": "en"}).json()
    assert (listed["key"], listed["name"], listed["category"]) == ("level", "Level", "value")
    tag = client.get("/api/v1/tags/level").json()
    assert [(value["key"], value["size"]) for value in tag["values"]] == [("gold", 20), ("silver", 10)]


def test_a_customers_tags_say_why_if_asked(shop, client):
    address = f"/api/v1/customers/{shop[0].pk}/tags"
    [tag] = client.get(address, headers={"accept-language": "en"}).json()
    assert (tag["key"], tag["values"]) == ("level", [{"key": "gold", "name": "Gold"}])
    [explained] = client.get(address, {"why": "true"}).json()
    assert explained["values"][0]["why"]
    assert client.get(f"/api/v1/customers/{shop[39].pk}/tags").json() == []


def test_a_merged_customer_has_the_tags_and_segments_of_who_they_are_now(shop, client):
    shop[39].merged_into = shop[0]
    shop[39].save()
    for what in ("tags", "segments"):
        now = client.get(f"/api/v1/customers/{shop[0].pk}/{what}").json()
        assert client.get(f"/api/v1/customers/{shop[39].pk}/{what}").json() == now != []


def test_a_customers_segments_are_those_it_is_in(shop, client):
    assert [row["key"] for row in client.get(f"/api/v1/customers/{shop[0].pk}/segments").json()] == ["shanghai"]
    assert client.get(f"/api/v1/customers/{shop[1].pk}/segments").json() == []


def test_segments_come_with_size_and_rule(shop, client):
    [listed] = client.get("/api/v1/segments", headers={"accept-language": "zh-hans"}).json()
    assert (listed["key"], listed["name"], listed["size"]) == ("shanghai", "上海", 10)
    assert client.get("/api/v1/segments/shanghai").json()["rule"]["rule"]["trait"] == "city"


def test_runs_are_listed_newest_first_and_filtered(shop, client):
    for n in range(3):
        Run.objects.create(kind="tests.none", subject=f"s{n}", as_of=shop[0].first_seen_at, state=Run.State.FAILED)
    listed = client.get("/api/v1/runs").json()["results"]
    assert [run["subject"] for run in listed[:3]] == ["s2", "s1", "s0"]
    frozen = client.get("/api/v1/runs", {"kind": "audiences.freeze", "state": "succeeded"}).json()["results"]
    assert [(run["subject"], run["state"]) for run in frozen] == [("spring", "succeeded")]
    assert client.get("/api/v1/runs", {"state": "sleeping"}).json()["errors"][0]["attr"] == "state"
    assert client.get(f"/api/v1/runs/{listed[0]['id']}").json() == listed[0]


def test_a_customers_scores_are_those_of_the_newest_runs(shop, client):
    tag = Tag.objects.get(key="level")
    tag.kind, tag.last_run = "predicted", Run.objects.latest("requested_at")
    tag.live_version = TagVersion.objects.create(tag=tag, number=9, definition={"goal": "value"})
    tag.save()
    table = pa.table({"id": pa.array([shop[0].pk], pa.int32()), "score": [12.5]})
    scores.publish("tag:level", table, run=None)
    [told] = client.get(f"/api/v1/customers/{shop[0].pk}/scores").json()
    assert (told["key"], told["kind"], told["score"], told["unit"]) == ("level", "predicted", 12.5, "currency")
    assert client.get(f"/api/v1/customers/{shop[1].pk}/scores").json() == []
