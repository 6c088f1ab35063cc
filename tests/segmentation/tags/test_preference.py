"""Preference tags: values learnt from what is bought."""

import pytest

from segmentation.tags.kinds.base import TagError, Value
from segmentation.tags.kinds.preference import Preference
from tests.segmentation.tags.contexts import CATALOG, context

KIND = Preference()
REST = {"key": "rest", "zh": "其他", "en": "Other"}
# Everybody buys bread. Customer 1 buys twice the usual share of flowers, 2 and 3 buy meat, 4 hardly buys anything.
ITEMS = [
    (1, "bread", 60),
    (1, "flowers", 20),
    (2, "bread", 50),
    (2, "meat", 30),
    (3, "bread", 70),
    (3, "meat", 40),
    (3, "flowers", 2),
    (4, "bread", 2),
]


def computed(items=ITEMS, known=None, **definition):
    given = context(items=items, known=known or {})
    return KIND.compute(KIND.read({"event": "Order Completed", "property": "category", **definition}), given)


def members(outcome):
    return {key: list(customers) for key, customers in outcome.members.items()}


def test_without_comparison_the_most_bought_value_is_preferred():
    assert members(computed()) == {"bread": [1, 2, 3]}


def test_compared_with_everybody_what_is_bought_beyond_the_usual_is_preferred():
    assert members(computed(least_index=1.2)) == {"meat": [2, 3], "flowers": [1]}


def test_who_buys_like_everybody_prefers_nothing():
    like_everybody = [(customer, text, 10) for customer in range(1, 9) for text in ("bread", "meat", "flowers")]
    outcome = computed([*like_everybody, (9, "bread", 20), (9, "meat", 2)], least_index=1.3, rest=REST)
    assert members(outcome) == {"bread": [9], "rest": [1, 2, 3, 4, 5, 6, 7, 8]}


def test_the_strongest_preference_is_what_is_bought_furthest_beyond_the_usual():
    others = [(customer, text, count) for customer in range(1, 9) for text, count in (("bread", 50), ("meat", 10))]
    outcome = computed([*others, (9, "bread", 60), (9, "meat", 50), (9, "flowers", 3)], least_index=0.5)
    assert 9 in members(outcome)["meat"]


def test_a_customer_can_have_all_preferences():
    assert members(computed(pick="all")) == {"bread": [1, 2, 3], "meat": [2, 3], "flowers": [1]}


def test_too_few_items_are_no_preference():
    assert members(computed(least_items=2, pick="all"))["bread"] == [1, 2, 3, 4]
    assert members(computed(least_items=35, pick="all")) == {"bread": [1, 2, 3], "meat": [3]}


def test_rare_values_are_none_and_their_customers_are_the_rest():
    outcome = computed(least_index=1.2, rarest=0.3, rest=REST)
    assert members(outcome) == {"meat": [2, 3], "rest": [1, 4]}


def test_there_are_at_most_so_many_values_the_most_popular_first():
    assert members(computed(pick="all", most=2)) == {"bread": [1, 2, 3], "meat": [2, 3]}


def test_of_equal_preferences_the_first_in_the_alphabet_wins():
    assert members(computed([(1, "b", 5), (1, "a", 5)])) == {"a": [1]}


def test_values_are_spelt_as_the_definition_says():
    outcome = computed(pick="all", spelling={"meat": {"zh": "肉类", "en": "Meat"}})
    assert [(value.name_zh, value.name_en) for value in outcome.values[:2]] == [("bread", "bread"), ("肉类", "Meat")]


def test_values_that_differ_only_in_spelling_get_different_keys_and_keep_them():
    first = computed([(1, "A/B", 5), (2, "A B", 5), (3, "A/B", 5)])
    keys = {value.detail["text"]: value.key for value in first.values}
    assert len(set(keys.values())) == 2
    known = {value.key: Value(value.key, "", "", detail=value.detail) for value in first.values}
    second = computed([(1, "A B", 5), (2, "A B", 5), (3, "A/B", 5)], known=known)
    assert {value.detail["text"]: value.key for value in second.values} == keys


def test_a_shop_that_sold_nothing_fails_with_the_reason():
    with pytest.raises(TagError) as failed:
        computed([])
    assert failed.value.code == "no_items"


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        ({"event": "Order Eaten"}, "event", "unknown_event"),
        ({"property": "colour"}, "property", "unknown_property"),
        ({"rest": {**REST, "key": "The Rest"}}, "rest.key", "bad_key"),
        ({"most": 0}, "most", "shape"),
    ],
)
def test_a_definition_that_cannot_run_is_refused_with_its_place(wrong, path, code):
    (problem,) = KIND.problems({"event": "Order Completed", "property": "category", **wrong}, CATALOG)
    assert (problem.path, problem.code) == (path, code)


def test_why_tells_what_makes_it_a_preference():
    definition = KIND.read({"event": "Order Completed", "property": "category", "past_days": 90, "least_index": 1.2})
    why = KIND.why(definition, Value("meat", "肉类", "Meat"), None)
    assert why.zh == "过去 90 天购买至少 3 件，占比不低于全体平均的 120%（TGI）"
    assert why.en == "At least 3 items in the past 90 days, 120 % or more of everybody's share"
