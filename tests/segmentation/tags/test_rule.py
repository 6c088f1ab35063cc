"""Rule tags: one rule for each value."""

from dataclasses import replace

from segmentation.tags.kinds.rule import RuleKind
from tests.contracts.kind_cases import CASES
from tests.segmentation.tags.contexts import CATALOG, asked

KIND = RuleKind()
CASE = CASES["rule"]


def test_in_an_exclusive_tag_the_first_value_that_fits_wins():
    outcome = KIND.compute(KIND.read(CASE.definition), CASE.context).exclusive()
    assert {key: list(members) for key, members in outcome.members.items()} == {
        "young": [1, 2],
        "adult": [3],
        "unknown": [4],
    }


def test_another_order_of_the_values_gives_another_result():
    turned = {**CASE.definition, "values": CASE.definition["values"][::-1]}
    outcome = KIND.compute(KIND.read(turned), CASE.context).exclusive()
    assert {key: list(members) for key, members in outcome.members.items()} == {
        "adult": [1, 2, 3],
        "young": [],
        "unknown": [4],
    }


def test_a_rule_is_saved_in_its_canonical_form():
    saved = KIND.canonical(KIND.read(CASE.definition), CATALOG)
    assert saved["values"][0]["rule"]["base"] == {"population": "all"}


def test_every_problem_of_every_rule_is_told_with_its_place():
    wrong = {
        "values": [
            {"key": "a", "zh": "甲", "en": "A", "rule": {"version": 1, "rule": {"all": []}}},
            {
                "key": "b",
                "zh": "乙",
                "en": "B",
                "rule": {"version": 1, "rule": {"trait": "height", "op": "is", "value": 1}},
            },
            {"key": "a", "zh": "丙", "en": "C", "rule": CASE.definition["values"][0]["rule"]},
        ]
    }
    found = {(problem.path, problem.code) for problem in KIND.problems(wrong, CATALOG)}
    assert found == {
        ("values[0].rule.rule.all", "empty_group"),
        ("values[1].rule.rule.trait", "unknown_name"),
        ("values[2].key", "repeated"),
    }


def test_it_refers_to_the_tags_in_its_rules():
    rule = {"version": 1, "rule": {"tag": "rfm", "op": "is", "value": "important-value"}}
    definition = KIND.read({"values": [{"key": "a", "zh": "甲", "en": "A", "rule": rule}]})
    assert KIND.references(definition) == {("tag", "rfm")}


def test_why_is_the_rule_in_words():
    definition = KIND.read(CASE.definition)
    young, _, unknown = KIND.values(definition)
    assert KIND.why(definition, young, asked()).zh == "“年龄”小于30"
    assert "no other" in KIND.why(definition, replace(unknown), asked()).en
