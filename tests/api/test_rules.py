"""Rules over the API, as the builder page asks: checked, answered, and what they can be built from."""

import jsonschema
import pytest

from segmentation.rules.catalog import TYPES
from segmentation.rules.comparison import operators_for
from segmentation.rules.windows import KINDS
from segmentation.sets.estimates import Estimate
from tests.campaign import from_city, rule

BOUGHT = {
    "items_of": "Order Completed",
    "where": {"property": "sku", "op": "is", "value": "P1"},
    "window": {"all_time": True},
}
BOTH = rule({"all": [from_city("上海")["rule"], {"not": BOUGHT}]})


def post(client, path: str, document, language: str = "en"):
    return client.post(f"/api/v1/rules/{path}", document, format="json", headers={"accept-language": language})


def test_a_preview_counts_the_rule_each_condition_and_the_base(shop, client):
    told = post(client, "preview", BOTH).json()
    from_shanghai = [c for n, c in enumerate(shop) if c.traits["city"] == "上海"]
    expected = [c for n, c in enumerate(shop) if c.traits["city"] == "上海" and n % 3 != 1]
    assert told["count"] == len(expected)
    assert told["base_count"] == len(shop)
    assert told["leaves"] == {"rule.all[0]": len(from_shanghai), "rule.all[1].not": 13}
    assert told["sample"] == [{"id": c.pk, "external_id": c.external_id} for c in expected]


def test_a_preview_tells_the_rule_in_the_language_of_the_request(shop, client):
    assert "is “上海”" in post(client, "preview", BOTH).json()["words"]
    assert "是“上海”" in post(client, "preview", BOTH, "zh-hans").json()["words"]


def test_a_preview_breaks_the_customers_down_by_the_tags_asked_for(shop, client):
    told = client.post("/api/v1/rules/preview?tags=level,unknown", BOTH, format="json").json()
    parts = told["breakdown"]
    assert {(part["tag"], part["value"]) for part in parts} == {("level", "gold"), ("level", "silver")}
    for part in parts:
        both = {"all": [BOTH["rule"], {"tag": "level", "op": "is", "value": part["value"]}]}
        counted = post(client, "preview", {**BOTH, "rule": both}).json()["count"]
        assert part["customers"] == counted == part["share"] * told["count"]


def test_an_earlier_question_of_the_same_page_is_given_up(shop, client):
    path = "/api/v1/rules/preview?asker=page&turn="
    assert client.post(path + "2", BOTH, format="json").status_code == 200
    answer = client.post(path + "1", BOTH, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "superseded")
    assert client.post("/api/v1/rules/preview?asker=other&turn=1", BOTH, format="json").status_code == 200


def test_a_preview_can_ask_about_the_past(shop, client):
    lately = rule({"event": "Order Completed", "window": {"recent_days": 3}})
    then = client.post("/api/v1/rules/preview?as_of=2026-03-17T01:00:00Z", lately, format="json").json()
    assert (then["as_of"], then["count"]) == ("2026-03-17T09:00:00+08:00", 6)
    assert post(client, "preview", lately).json()["count"] == 0
    answer = client.post("/api/v1/rules/preview?as_of=yesterday", lately, format="json")
    assert [(e["attr"], e["code"]) for e in answer.json()["errors"]] == [("as_of", "invalid")]


@pytest.mark.parametrize("path", ["preview", "validate"])
def test_every_problem_of_a_rule_is_told_with_its_place(shop, client, path):
    wrong = rule(
        {"all": [{"trait": "ctiy", "op": "is", "value": 1}, {"any": []}, {"trait": "points", "op": "contains"}]}
    )
    answer = post(client, path, wrong)
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert {error["attr"] for error in answer.json()["errors"]} == {
        "rule.all[0].trait",
        "rule.all[1].any",
        "rule.all[2].op",
    }


@pytest.mark.parametrize("document", [[], "rule", 3, None, {}, {"rule": None}, {"version": 2, "rule": {}}])
def test_what_is_no_rule_is_refused(shop, client, document):
    assert post(client, "validate", document).status_code == 400


def test_a_valid_rule_comes_back_as_it_is_saved(shop, client):
    told = post(client, "validate", rule({"trait": "city", "op": "is_not", "value": "上海"})).json()
    assert told["rule"]["rule"]["missing"] == "exclude"
    jsonschema.validate(told["rule"], client.get("/api/v1/rules/schema").json())


def test_an_unreadable_lake_is_a_conflict_not_a_fault(shop, client, settings, tmp_path):
    from segmentation.lake.models import LakeSnapshot

    LakeSnapshot.objects.all().delete()
    answer = post(client, "preview", BOTH)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "lake_empty"


def test_an_engine_that_cannot_answer_is_not_the_callers_fault(shop, client, settings):
    settings.ENGINE = "abacus"
    client.raise_request_exception = False
    answer = post(client, "preview", BOTH)
    assert answer.status_code == 503
    assert answer.json()["type"] == "server_error"
    assert answer.json()["errors"][0]["code"] == "unknown_engine"


def test_the_catalogue_offers_all_that_rules_can_say(shop, client):
    offered = client.get("/api/v1/catalog", headers={"accept-language": "en"}).json()
    traits = {(trait["name"], trait["type"]) for trait in offered["traits"]}
    assert {("city", "text"), ("points", "number"), ("vip", "boolean")} <= traits
    assert [event["name"] for event in offered["events"]] == ["Order Completed", "Order Refunded"]
    event = offered["events"][0]
    assert {"total", "store"} <= {field["name"] for field in event["properties"]}
    assert {"sku", "quantity", "category"} <= {field["name"] for field in event["item_properties"]}
    assert [tag["key"] for tag in offered["tags"]] == ["level"]
    assert [value["key"] for value in offered["tags"][0]["values"]] == ["gold", "silver"]
    assert [segment["key"] for segment in offered["segments"]] == ["shanghai"]
    assert {audience["key"] for audience in offered["audiences"]} == {"spring", "draft"}
    assert {feature["name"] for feature in offered["features"]} >= {"recency_days", "frequency", "monetary"}
    assert {window["key"] for window in offered["windows"]} == set(KINDS)
    for type in TYPES:
        assert set(offered["operators_by_type"][type]) == set(operators_for(type))
    assert {key for keys in offered["operators_by_type"].values() for key in keys} == set(offered["operators"])


def test_the_catalogue_speaks_the_language_of_the_request(shop, client):
    english, chinese = (
        client.get("/api/v1/catalog", headers={"accept-language": language}).json() for language in ("en", "zh-hans")
    )
    assert (english["tags"][0]["label"], chinese["tags"][0]["label"]) == ("Level", "等级")
    for words in (english, chinese):
        said = [one["label"] for one in (*words["operators"].values(), *words["measures"], *words["windows"])]
        assert all(said)
        assert not [label for label in said if "{" in label]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"trait": "city"}, ["-5", "=CMD()", "上海", "杭州"]),
        ({"trait": "city", "q": "cmd"}, ["=CMD()"]),
        ({"trait": "city", "q": "'; DROP"}, []),
        ({"trait": "points"}, []),
        ({"event": "Order Completed", "property": "store"}, ["S1"]),
        ({"event": "Order Refunded", "property": "store"}, ["S2"]),
        ({"items_of": "Order Completed", "property": "sku"}, ["P0", "P1", "P2"]),
        ({"items_of": "Order Completed", "property": "sku", "q": "p2"}, ["P2"]),
    ],
)
def test_values_are_suggested_from_the_data_the_most_frequent_first(shop, client, asked, expected):
    answer = client.get("/api/v1/catalog/values", asked)
    assert answer.json() == {"values": expected}


@pytest.mark.parametrize(
    ("asked", "attr"),
    [
        ({}, None),
        ({"trait": "city", "feature": "frequency"}, None),
        ({"property": "sku"}, None),
        ({"event": "Order Completed"}, None),
        ({"trait": "ctiy"}, "trait"),
        ({"event": "Order Lost", "property": "sku"}, "event"),
        ({"items_of": "Order Completed", "property": "colour"}, "property"),
        ({"trait": "city", "q": "x" * 101}, "q"),
    ],
)
def test_values_of_what_there_is_not_are_refused_by_name(shop, client, asked, attr):
    answer = client.get("/api/v1/catalog/values", asked)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


def test_a_quick_preview_that_would_take_long_is_an_estimate_first(shop, client, monkeypatch):
    about = Estimate(12, 10, 15, 0.95, 20)
    monkeypatch.setattr("segmentation.segments.api_rules.estimate", lambda rule, as_of: about)
    told = client.post("/api/v1/rules/preview?quick=true", BOTH, format="json").json()
    assert told["estimate"] == {"count": 12, "low": 10, "high": 15, "level": 0.95, "sample": 20}
    assert (told["count"], told["leaves"], told["sample"]) == (None, {}, [])
    counted = post(client, "preview", BOTH).json()
    assert counted["estimate"] is None
    assert counted["count"] > 0


def test_a_quick_preview_of_what_is_quick_is_exact(shop, client):
    told = client.post("/api/v1/rules/preview?quick=true", BOTH, format="json").json()
    assert told["estimate"] is None
    assert told["count"] == post(client, "preview", BOTH).json()["count"]
