"""RFM tags, against tables made by hand."""

import pytest

from segmentation.tags.kinds.base import TagError
from segmentation.tags.kinds.rfm import GROUPS, RFM
from tests.segmentation.tags.contexts import CATALOG, context

# Ten customers. With quintiles each score is given to two of them (customers 9 and 10 never bought).
#          customer:  1    2    3    4    5    6    7    8
DAYS = [5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0, 200.0, None, None]
TIMES = [30.0, 2.0, 25.0, 1.0, 20.0, 3.0, 15.0, 4.0, 0.0, 0.0]
MONEY = [900.0, 800.0, 50.0, 40.0, 700.0, 600.0, 30.0, 20.0, 0.0, 0.0]


def computed(**definition):
    kind = RFM()
    return kind.compute(kind.read(definition), context({"recency_days": DAYS, "frequency": TIMES, "monetary": MONEY}))


def groups(outcome):
    return {customer: key for key, members in outcome.members.items() for customer in members}


# Scores by these bounds, by hand:       1  2  3  4  5  6  7  8      mean
#   recency   10, 30, 60, 120 (few days) 5  5  4  4  3  2  2  1      3.25
#   frequency 3, 5, 15, 25               5  1  5  1  4  2  4  2      3.00
#   monetary  30, 50, 500, 800           5  5  3  2  4  4  2  1      3.25
BOUNDS = {"recency": [10, 30, 60, 120], "frequency": [3, 5, 15, 25], "monetary": [30, 50, 500, 800]}
BY_HAND = {
    1: "important-value",
    2: "important-develop",
    3: "general-value",
    4: "general-develop",
    5: "important-keep",
    6: "important-rescue",
    7: "general-keep",
    8: "general-rescue",
}


def test_the_eight_groups_are_those_of_the_table_made_by_hand():
    assert groups(computed(bounds=BOUNDS)) == BY_HAND


def test_the_grid_counts_every_buyer_once_with_their_mean_spend():
    grid = computed(bounds=BOUNDS).details["grid"]
    assert {(cell["r"], cell["f"]): (cell["customers"], cell["monetary"]) for cell in grid if cell["customers"]} == {
        (5, 5): (1, 900.0),
        (5, 1): (1, 800.0),
        (4, 5): (1, 50.0),
        (4, 1): (1, 40.0),
        (3, 4): (1, 700.0),
        (2, 2): (1, 600.0),
        (2, 4): (1, 30.0),
        (1, 2): (1, 20.0),
    }
    assert len(grid) == 25


def test_quintiles_are_learnt_from_the_buyers_alone():
    assert computed().details["bounds"]["frequency"] == [2.4, 3.8, 16.0, 23.0]
    assert computed().details["customers"] == 8


def test_high_can_mean_above_the_mean_value():
    by_value = groups(computed(high="above_mean_value"))
    # Means: 66.9 days, 12.5 orders, 392.5 of money.
    assert by_value == {**BY_HAND, 5: "important-value"}


def test_high_can_mean_a_score_of_four():
    by_score = groups(computed(bounds=BOUNDS, high="score_4"))
    assert by_score == BY_HAND


def test_a_customer_who_never_bought_is_in_no_group():
    assert not {9, 10} & groups(computed()).keys()


def test_all_eight_groups_are_always_there():
    kind = RFM()
    outcome = kind.compute(kind.read({}), context({"recency_days": [1], "frequency": [1], "monetary": [1]}))
    assert [value.key for value in outcome.values] == [value.key for value in GROUPS.values()]


def test_a_shop_without_orders_fails_with_the_reason():
    kind = RFM()
    nobody = context({"recency_days": [None], "frequency": [0], "monetary": [0]})
    with pytest.raises(TagError) as failed:
        kind.compute(kind.read({}), nobody)
    assert failed.value.code == "feature_missing"


def test_bounds_that_make_no_five_scores_are_refused():
    wrong = {"bounds": {"recency": [1, 2, 3], "frequency": [4, 3, 2, 1], "monetary": [1, 2, 3, 4]}}
    found = {(problem.path, problem.code) for problem in RFM().problems(wrong, CATALOG)}
    assert found == {("bounds.recency", "four_bounds"), ("bounds.frequency", "not_rising")}
