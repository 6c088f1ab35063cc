"""Rules that can run are read to their meaning, and saved in the form that states everything."""

import json

from segmentation.rules.nodes import EXCLUDE, All, leaves
from segmentation.rules.parse import canonical, parse
from tests.segmentation.rules.shop_words import CATALOG, COUNTRY, DID, did, rule, trait


def test_the_saved_form_states_everything():
    document = rule({"all": [trait("country", "is_not", "CN"), DID]})
    assert canonical(parse(document, CATALOG)) == {
        "version": 1,
        "base": {"population": "all"},
        "timezone": "Asia/Shanghai",
        "rule": {
            "all": [
                {"trait": "country", "op": "is_not", "value": "CN", "missing": "exclude"},
                {
                    "event": "Order Completed",
                    "measure": {"count": True},
                    "op": "at_least",
                    "value": 1,
                    "window": {"all_time": True},
                },
            ]
        },
    }


def test_the_saved_form_reads_back_as_the_same_rule():
    document = rule(
        {"any": [did(window={"between": ["2026-01-01", "2026-03-08T02:30"]}), trait("joined", "before", "2026-01-01")]},
        timezone="America/New_York",
        base={"population": "contactable", "channel": "email"},
    )
    read = parse(document, CATALOG)
    saved = json.loads(json.dumps(canonical(read)))
    assert parse(saved, CATALOG) == read
    assert canonical(parse(saved, CATALOG)) == saved


def test_a_time_without_an_offset_is_of_the_rules_time_zone():
    naive = parse(rule(trait("joined", "before", "2026-01-01T12:00"), timezone="America/New_York"), CATALOG)
    stated = parse(rule(trait("joined", "before", "2026-01-01T17:00Z"), timezone="America/New_York"), CATALOG)
    assert naive == stated


def test_negative_comparisons_leave_customers_without_a_value_out_unless_said():
    read = parse(rule(trait("country", "not_one_of", ["CN"])), CATALOG)
    assert read.root.comparison.missing == EXCLUDE


def test_leaves_have_the_paths_that_problems_have():
    read = parse(rule({"all": [COUNTRY, {"not": {"any": [DID, {"segment": "vip"}]}}]}), CATALOG)
    assert isinstance(read.root, All)
    assert list(leaves(read)) == ["rule.all[0]", "rule.all[1].not.any[0]", "rule.all[1].not.any[1]"]
