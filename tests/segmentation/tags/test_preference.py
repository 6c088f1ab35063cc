"""Preference tags: values learnt from the data."""

import json

from segmentation.tags.kinds.base import Value
from segmentation.tags.kinds.preference import Preference
from tests.segmentation.tags.contexts import CATALOG, context

KIND = Preference()
TASTES = ["meat"] * 6 + ["dairy"] * 3 + ["toys"] + [None]


def computed(tastes=TASTES, known=None, answers=None, **definition):
    given = context({"favourite_category": tastes}, known=known or {}, answers=answers)
    return KIND.compute(KIND.read({"feature": "favourite_category", **definition}), given)


def test_values_are_the_most_frequent_ones_in_that_order():
    assert list(computed(most=2).members) == ["meat", "dairy"]


def test_rare_values_are_left_out():
    assert list(computed(rarest=0.2).members) == ["meat", "dairy"]


def test_whoever_prefers_something_else_is_the_rest_and_who_prefers_nothing_is_nowhere():
    outcome = computed(most=1, rest={"key": "rest", "zh": "其他", "en": "Other"})
    assert {key: list(members) for key, members in outcome.members.items()} == {
        "meat": [1, 2, 3, 4, 5, 6],
        "rest": [7, 8, 9, 10],
    }


def test_values_are_spelt_as_the_definition_says():
    outcome = computed(spelling={"meat": {"zh": "肉类", "en": "Meat"}})
    assert [(value.name_zh, value.name_en) for value in outcome.values[:2]] == [("肉类", "Meat"), ("dairy", "dairy")]


def test_values_that_differ_only_in_spelling_get_different_keys_and_keep_them():
    first = computed(["A/B", "A B", "A/B"])
    keys = {value.detail["text"]: value.key for value in first.values}
    assert len(set(keys.values())) == 2
    known = {value.key: Value(value.key, "", "", detail=value.detail) for value in first.values}
    second = computed(["A B", "A B", "A/B"], known=known)
    assert {value.detail["text"]: value.key for value in second.values} == keys


def test_with_bought_a_customer_has_every_value_of_which_they_bought_enough():
    bought = {"event": "Order Completed", "property": "category", "times": 3, "past_days": 90}
    answers = {
        json.dumps(KIND.read({"feature": "favourite_category", "bought": bought}).bought.rule(text)["rule"]): ids
        for text, ids in (("meat", [1, 2]), ("dairy", [2, 3]), ("toys", []))
    }
    outcome = computed(bought=bought, answers=answers)
    assert {key: list(members) for key, members in outcome.members.items()} == {
        "meat": [1, 2],
        "dairy": [2, 3],
        "toys": [],
    }


def test_what_the_shop_does_not_have_is_refused_with_its_place():
    bought = {"event": "Order Completed", "property": "colour", "times": 3, "past_days": 90}
    (problem,) = KIND.problems({"feature": "favourite_category", "bought": bought}, CATALOG)
    assert (problem.path, problem.code) == ("bought.property", "unknown_property")
