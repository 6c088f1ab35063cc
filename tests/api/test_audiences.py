"""An audience over the API, from the plan to the export."""

import pytest

from segmentation.activation.models import Export
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from tests.api.conftest import client_of
from tests.campaign import ALL, from_city, rule

PLAN = {"name": "Summer", "channel": "email", "include": ALL, "exclude": from_city("杭州"), "holdout_percent": 20}


def work() -> None:
    """Does what is queued, as a worker would."""
    for run in Run.objects.filter(state=Run.State.QUEUED):
        execute(run.pk)


def errors(answer) -> list[tuple]:
    return [(error["attr"], error["code"]) for error in answer.json()["errors"]]


def test_from_plan_to_export(shop, marketer):
    planned = marketer.post("/api/v1/audiences", PLAN, format="json")
    assert planned.status_code == 201
    key = planned.json()["key"]
    assert (key, planned.json()["state"], planned.json()["frozen"]) == ("summer", "draft", None)

    changed = marketer.patch(f"/api/v1/audiences/{key}", {"holdout_percent": 50}, format="json").json()
    assert (changed["holdout_percent"], changed["exclude"]) == (50, planned.json()["exclude"])

    previewed = marketer.get(f"/api/v1/audiences/{key}/waterfall").json()["waterfall"]
    asked = marketer.post(f"/api/v1/audiences/{key}/freeze")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    work()

    frozen = marketer.get(f"/api/v1/audiences/{key}").json()
    assert (frozen["state"], frozen["frozen"]["number"]) == ("frozen", 1)
    assert frozen["frozen"]["waterfall"] == previewed
    assert frozen["frozen"]["reached"] == previewed[-1]["left"]
    assert marketer.get(f"/api/v1/audiences/{key}/versions").json()["results"] == [frozen["frozen"]]

    body = {"columns": ["external_id", "trait:city"], "bom": True}
    asked = marketer.post(f"/api/v1/audiences/{key}/exports", body, format="json")
    assert asked.status_code == 202
    work()
    [export] = marketer.get(f"/api/v1/audiences/{key}/exports").json()["results"]
    assert (export["rows"], export["columns"]) == (frozen["frozen"]["reached"], body["columns"])
    assert export["sha256"] == Export.objects.get().sha256

    assert marketer.post(f"/api/v1/audiences/{key}/reopen").json()["state"] == "draft"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"channel": "pigeon"}, [("channel", "invalid_choice")]),
        ({"holdout_percent": 51}, [("holdout_percent", "max_value")]),
        ({"include": {}}, [("include", "missing_key")]),
        ({"include": rule({"trait": "ctiy", "op": "is", "value": "x"})}, [("include.rule.trait", "unknown_name")]),
        ({"exclude": rule({"any": []})}, [("exclude.rule.any", "empty_group")]),
        ({"include": "all"}, [("include", "not_a_dict")]),
        ({"key": "spring"}, [("key", "unique")]),
        ({"key": "no spaces"}, [("key", "invalid")]),
        ({"name": ""}, [("name", "blank")]),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_its_place(shop, marketer, change, expected):
    answer = marketer.post("/api/v1/audiences", {**PLAN, **change}, format="json")
    assert answer.status_code == 400
    told = errors(answer)
    assert told[0][0].startswith(expected[0][0]) if expected == [("include", "missing_key")] else told == expected


def test_what_is_frozen_cannot_be_changed(shop, marketer):
    for answer in (
        marketer.patch("/api/v1/audiences/spring", {"name": "New"}, format="json"),
        marketer.post("/api/v1/audiences/spring/freeze"),
    ):
        assert answer.status_code == 409
        assert errors(answer) == [(None, "not_a_draft")]


def test_a_draft_cannot_be_exported(shop, marketer):
    answer = marketer.post("/api/v1/audiences/draft/exports", {}, format="json")
    assert (answer.status_code, errors(answer)) == (409, [(None, "not_frozen")])


def test_columns_on_offer_depend_on_who_asks(shop, marketer):
    offered = {column["key"]: column["reveals"] for column in marketer.get("/api/v1/export-columns").json()}
    assert {"external_id", "name", "trait:city", "tag:level"} <= set(offered)
    assert not any(offered.values())
    for_all = {column["key"] for column in client_of("administrator").get("/api/v1/export-columns").json()}
    assert for_all - set(offered) == {"plain:name", "plain:email", "plain:phone", "plain:address"}


def test_contact_data_in_full_is_refused_to_a_marketer(shop, marketer):
    answer = marketer.post("/api/v1/audiences/spring/exports", {"columns": ["plain:email"]}, format="json")
    assert answer.status_code == 403
    assert not Run.objects.filter(kind="activation.export").exists()


def test_a_viewer_looks_but_does_not_touch(shop, client):
    assert client.get("/api/v1/audiences/spring").status_code == 200
    for answer in (
        client.post("/api/v1/audiences", PLAN, format="json"),
        client.patch("/api/v1/audiences/draft", {"name": "x"}, format="json"),
        client.post("/api/v1/audiences/draft/freeze"),
        client.post("/api/v1/audiences/spring/exports", {}, format="json"),
        client.get("/api/v1/export-columns"),
    ):
        assert answer.status_code == 403
