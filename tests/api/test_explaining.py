"""Members and explanations of rules over the API and on the command line."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.campaign import from_city, rule

ORDERED = {"event": "Order Completed", "op": "at_least", "value": 100, "window": {"all_time": True}}
RULE = rule({"all": [from_city("上海")["rule"], {"not": ORDERED}]})


def post(client, path, document):
    return client.post(f"/api/v1/rules/{path}", document, format="json", headers={"accept-language": "en"})


def test_members_are_paged_in_order(shop, marketer):
    expected = [c.external_id for c in shop if c.traits["city"] == "上海"]
    first = post(marketer, "members?limit=3", RULE).json()
    assert (first["count"], first["members"]) == (len(expected), expected[:3])
    rest = post(marketer, f"members?after={first['next']}", RULE).json()
    assert (first["members"] + rest["members"], rest["next"]) == (expected, None)


def test_an_explanation_says_of_everybody_what_membership_says(shop, marketer):
    members = set(post(marketer, "members", RULE).json()["members"])
    for customer in shop[:12]:
        told = post(marketer, f"explain?customer={customer.external_id}", RULE).json()
        assert told["member"] == (customer.external_id in members)
        city, often = told["conditions"]
        assert (city["value"], city["holds"]) == (customer.traits["city"], customer.traits["city"] == "上海")
        assert often["short_by"] == 100 - often["value"]
        assert often["counted"] == often["value"]


def test_the_command_line_says_the_same(shop, tmp_path):
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(RULE), encoding="utf-8")
    out = StringIO()
    call_command("rule_members", str(path), explain=shop[0].external_id, stdout=out)
    told = json.loads(out.getvalue())
    assert told["customer"] == shop[0].external_id
    assert {one["path"] for one in told["conditions"]} == {"rule.all[0]", "rule.all[1].not"}


def test_an_unknown_customer_is_not_found(shop, marketer):
    assert post(marketer, "explain?customer=nobody", RULE).status_code == 404


def test_the_segments_page_says_why(shop, marketer):
    for customer in shop[:3]:
        page = marketer.get(f"/segments/shanghai/why/?customer={customer.external_id}").content.decode()
        assert ("alert-success" in page) == (customer.traits["city"] == "上海")
    assert "alert-warning" in marketer.get("/segments/shanghai/why/?customer=nobody").content.decode()


def nested(depth: int) -> str:
    return '{"version": 1, "rule": ' + '{"not": ' * depth + '{"segment": "shanghai"}' + "}" * depth + "}"


LONG = "x" * 10_000
ABUSE = {
    "a Django look-up": (rule({"trait": "city__icontains", "op": "is", "value": "a"}), "rule.trait"),
    "a JSON path": (rule({"trait": "$.city", "op": "is", "value": "a"}), "rule.trait"),
    "quotes in a name": (rule({"trait": "city' OR '1'='1", "op": "is", "value": "a"}), "rule.trait"),
    "a name of 10 kB": (rule({"all": [{"trait": LONG, "op": "is", "value": "a"}]}), "rule.all[0].trait"),
    "an event of 10 kB": (rule({"event": LONG, "window": {"all_time": True}}), "rule.event"),
    "a text that is too long": (rule({"trait": "city", "op": "is", "value": LONG + "x"}), "rule.value"),
    "a back-reference": (rule({"trait": "city", "op": "matches", "value": r"(a)\1"}), "rule.value"),
    "a huge pattern": (rule({"trait": "city", "op": "matches", "value": "((a{1000}){1000}){1000}"}), "rule.value"),
    "a look-ahead": (rule({"trait": "city", "op": "matches", "value": "(?=a)"}), "rule.value"),
    "10**6 values": (rule({"trait": "city", "op": "one_of", "value": ["a"] * 10**6}), "rule.value"),
    "an operator from Python": (rule({"trait": "city", "op": "__class__", "value": "a"}), "rule.op"),
    "a step that is no object": (rule({"sequence": [1, 2], "window": {"all_time": True}}), "rule.sequence[0]"),
    "a nul byte": (rule({"trait": "city", "op": "is", "value": "a\0"}), "rule.value"),
    "a number beyond all": (rule({"trait": "points", "op": "is", "value": 1e300}), "rule.value"),
}


@pytest.mark.parametrize("path", ["validate", "preview", "members", "explain?customer=C1"])
@pytest.mark.parametrize("name", ABUSE)
def test_abuse_is_refused_with_its_place(shop, marketer, name, path):
    document, place = ABUSE[name]
    if "10**6" in name and path != "validate":
        return
    answer = post(marketer, path, document)
    assert answer.status_code in {400, 413}, answer.content[:300]
    if answer.status_code == 400:
        assert place in {error["attr"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("depth", [21, 900, 10_000])
def test_depth_is_refused_whatever_it_is(shop, marketer, depth):
    answer = marketer.post("/api/v1/rules/validate", nested(depth), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["type"] == ("validation_error" if depth < 100 else "client_error")
