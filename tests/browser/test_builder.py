"""The rule builder has fields for the whole language: golden cases go through its modules and come out as they were."""

import json
from pathlib import Path

import pytest

from segmentation.rules.parse import canonical, parse
from segmentation.segments.offer import offer
from tests.contracts.conformance import FILES, catalog_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MODULE = Path(__file__).with_name("builder_round_trip.js")


def golden(path: Path) -> dict:
    """What the builder offers in a conformance file's world, and the rules of its cases as they are saved."""
    document = json.loads(path.read_text(encoding="utf-8"))
    catalog = catalog_of(document["catalog"])
    cases = [case for world in document["worlds"] for case in world["cases"] if "refused" not in case]
    rules = [canonical(parse({"version": 1, "rule": case["rule"]}, catalog))["rule"] for case in cases]
    named = [{"name": case["name"], "rule": rule} for case, rule in zip(cases, rules, strict=True)]
    return {"offer": offer(catalog, ["marketing"], "en"), "cases": named}


def test_every_golden_rule_has_fields_and_comes_out_of_the_builder_unchanged(visit):
    files = [golden(path) for path in FILES]
    visitor = visit(role=None)
    script = MODULE.read_text(encoding="utf-8")
    visitor.page.route(
        "**/builder_round_trip.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    visitor.open("/login/", until="load")
    found = visitor.page.evaluate(
        "async (given) => (await import('/builder_round_trip.js')).roundTrip(given)",
        {"base": "/static/segtag", "files": files},
    )
    given = [case for file in files for case in file["cases"]]
    assert len(found) == len(given) > 300
    wrong = [(one, of["rule"]) for one, of in zip(found, given, strict=True) if one != {**of, "problems": []}]
    assert wrong == []
