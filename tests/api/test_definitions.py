"""Definitions over the API: made, changed, reviewed and retired by the same services and rights as on the pages."""

import pytest
from django.contrib.auth.models import Group

from customers.models import Customer
from segmentation.segments.models import Segment
from segmentation.tags.models import Category, Tag
from tests.api.conftest import client_of
from tests.campaign import from_city

TAG = {
    "key": "north",
    "kind": "rule",
    "category": "value",
    "name_zh": "北方",
    "name_en": "North",
    "definition": {"values": [{"key": "yes", "zh": "是", "en": "Yes", "rule": from_city("上海")}]},
}


@pytest.fixture
def operator(shop):
    return client_of("operator")


@pytest.fixture
def reviewer(shop):
    return client_of("reviewer")


def ok(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.json()


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_tag_goes_from_draft_over_review_to_live_and_is_retired(operator, reviewer, client):
    assert ok(operator.post("/api/v1/tags", TAG, format="json"), 201)["status"] == "draft"
    assert client.post("/api/v1/tags", TAG, format="json").status_code == 403
    assert operator.post("/api/v1/tags/north/approve", {}, format="json").status_code == 403
    assert code_of(reviewer.post("/api/v1/tags/north/approve", {}, format="json")) == (400, "not_under_review")
    assert ok(operator.post("/api/v1/tags/north/submit", {"note": "please"}, format="json"))[0]["state"] == "review"
    answer = {"answer": "name it better"}
    assert ok(reviewer.post("/api/v1/tags/north/send-back", answer, format="json"))[0]["state"] == "returned"
    changed = {"definition": TAG["definition"] | {"otherwise": {"key": "no", "zh": "否", "en": "No"}}, "name_en": "N"}
    assert ok(operator.patch("/api/v1/tags/north", changed, format="json"))["name"]
    ok(operator.post("/api/v1/tags/north/submit", {}, format="json"))
    versions = ok(reviewer.post("/api/v1/tags/north/approve", {}, format="json"))
    assert [(one["number"], one["state"]) for one in versions] == [(2, "live"), (1, "returned")]
    assert versions[0]["definition"]["otherwise"]["key"] == "no"
    ok(reviewer.post("/api/v1/tags/north/retire"))
    assert Tag.objects.get(key="north").status == "retired"


def test_nobody_approves_their_own_version_where_four_eyes_are_wanted(operator, settings):
    settings.FOUR_EYES = True
    boss = client_of("administrator")
    ok(boss.post("/api/v1/tags", TAG, format="json"), 201)
    ok(boss.post("/api/v1/tags/north/submit", {}, format="json"))
    assert code_of(boss.post("/api/v1/tags/north/approve", {}, format="json")) == (403, "own_version")


def test_a_definition_that_cannot_run_is_refused_with_its_place(operator):
    broken = TAG | {"definition": {"values": [{"key": "yes", "zh": "是", "en": "Yes", "rule": {"rule": {}}}]}}
    answer = operator.post("/api/v1/tags", broken, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].startswith("values[0].rule")
    assert not Tag.objects.filter(key="north").exists()


def test_a_folder_with_editors_is_closed_to_others_over_the_api_too(operator):
    given = {"customer": Customer.objects.order_by("pk").first().pk, "value": "gold", "reason": "x"}
    Category.objects.get(key="value").editors.set([Group.objects.create(name="crm")])
    attempts = [
        operator.post("/api/v1/tags", TAG, format="json"),
        operator.patch("/api/v1/tags/level", {"name_en": "x"}, format="json"),
        operator.patch("/api/v1/categories/value", {"name_en": "x"}, format="json"),
        operator.delete("/api/v1/categories/value"),
        operator.post("/api/v1/tags/level/given", given, format="json"),
    ]
    assert {code_of(one) for one in attempts} == {(403, "folder_locked")}


def test_folders_are_made_moved_and_deleted(operator, client):
    made = ok(operator.post("/api/v1/categories", {"name_zh": "地域", "name_en": "地域"}, format="json"), 201)
    assert (made["key"], made["parent"]) == ("di-yu", None)
    inner = {"key": "inner", "name_zh": "内", "name_en": "Inner", "parent": made["key"]}
    assert ok(operator.post("/api/v1/categories", inner, format="json"), 201)["parent"] == made["key"]
    into_itself = operator.patch(f"/api/v1/categories/{made['key']}", {"parent": "inner"}, format="json")
    assert code_of(into_itself) == (400, "into_itself")
    assert code_of(operator.delete(f"/api/v1/categories/{made['key']}")) == (400, "not_empty")
    assert ok(operator.patch("/api/v1/categories/inner", {"parent": None}, format="json"))["parent"] is None
    assert operator.delete("/api/v1/categories/inner").status_code == 204
    assert "inner" not in [one["key"] for one in ok(client.get("/api/v1/categories"))]


def test_definitions_as_a_document_are_taken_in_dry_first(operator, client):
    document = ok(operator.get("/api/v1/taxonomy"))
    document["categories"][0]["description"] = "new words"
    body = {"document": document}
    assert client.post("/api/v1/taxonomy", body, format="json").status_code == 403
    told = ok(operator.post("/api/v1/taxonomy", body, format="json"))
    assert [(one["key"], one["fields"]) for one in told if one["kind"] == "category"] == [("value", ["description"])]
    assert Category.objects.get(key="value").description == ""
    ok(operator.post("/api/v1/taxonomy", body | {"dry_run": False}, format="json"))
    assert Category.objects.get(key="value").description == "new words"


def test_a_segment_is_made_changed_reviewed_and_retired(marketer, reviewer, client, settings):
    body = {"name_zh": "杭州客户", "name_en": "杭州客户", "rule": from_city("杭州")}
    made = ok(marketer.post("/api/v1/segments", body, format="json"), 201)
    assert (made["key"], made["status"], made["origin"]) == ("hang-zhou-ke-hu", "live", "rule")
    assert client.post("/api/v1/segments", body, format="json").status_code == 403
    settings.REVIEW_SEGMENTS = True
    url = f"/api/v1/segments/{made['key']}"
    assert ok(marketer.patch(url, {"rule": from_city("上海")}, format="json"))["version"] == 1
    assert marketer.post(f"{url}/approve", {}, format="json").status_code == 403
    states = [one["state"] for one in ok(reviewer.post(f"{url}/approve", {}, format="json"))]
    assert states == ["live", "retired"]
    assert [one["number"] for one in ok(client.get(f"{url}/versions"))] == [2, 1]
    ok(reviewer.post(f"{url}/retire"))
    assert Segment.objects.get(key=made["key"]).status == "retired"


def test_a_value_is_given_by_hand_with_a_reason_and_withdrawn(operator, client, shop):
    body = {"customer": shop[0].pk, "value": "silver", "reason": "asked for it", "until": "2099-01-01T00:00:00Z"}
    given = ok(operator.post("/api/v1/tags/level/given", body, format="json"), 201)
    assert (given["by"], given["reason"]) == ("operator", "asked for it")
    assert client.post("/api/v1/tags/level/given", body, format="json").status_code == 403
    wrong = operator.post("/api/v1/tags/level/given", body | {"value": "tin"}, format="json")
    assert wrong.json()["errors"][0]["attr"] == "value"
    assert ok(client.get("/api/v1/tags/level/given"))[0]["id"] == given["id"]
    withdraw = f"/api/v1/tags/level/given/{given['id']}/withdraw"
    assert ok(operator.post(withdraw))["until"] < body["until"]
    assert code_of(operator.post(withdraw)) == (400, "ended")


def test_a_live_tag_is_computed_on_request_and_what_is_not_live_is_not(marketer, operator, client):
    asked = {"kind": "tags.compute", "subject": "level"}
    run = ok(marketer.post("/api/v1/runs", asked, format="json"), 202)
    assert run["state"] == "queued"
    assert ok(marketer.post("/api/v1/runs", asked, format="json"), 202)["id"] == run["id"]
    assert client.post("/api/v1/runs", asked, format="json").status_code == 403
    ok(operator.post("/api/v1/tags", TAG, format="json"), 201)
    assert code_of(marketer.post("/api/v1/runs", asked | {"subject": "north"}, format="json")) == (400, "not_live")
