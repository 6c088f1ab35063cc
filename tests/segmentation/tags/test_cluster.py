"""Cluster tags: groups found in the features, recognised from run to run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pyroaring import BitMap
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.algorithms.base import ClusteringError
from segmentation.segments.model_card import limits
from segmentation.tags.kinds.cluster import Cluster
from tests.segmentation.segments.shapes import shop
from tests.segmentation.tags.contexts import CATALOG, asked, context

FEATURES = ["frequency", "monetary", "recency_days", "discount_share"]
KIND = Cluster()


def computed(features, given=None, **definition):
    definition = KIND.read({"features": list(features), **definition})
    return KIND.compute(definition, given or context(features))


def later(features, outcome, **more):
    """The context of a run that follows `outcome`."""
    known = {value.key: value for value in outcome.values}
    previous = json.loads(json.dumps(outcome.details))
    return context(features, known=known, current=outcome.members, previous=previous, **more)


def labels(outcome, size):
    of = {customer: place for place, members in enumerate(outcome.members.values()) for customer in members}
    return [of[customer] for customer in range(1, size + 1)]


def moved(features, share, seed=1):
    """The same customers a week later: everybody a little different, some of them very."""
    random = np.random.default_rng(seed)
    size = len(features["frequency"])
    gone = random.random(size) < share
    other, _ = shop(size, seed=seed + 100)
    return {k: np.where(gone, other[k], v * random.lognormal(0, 0.02, size)) for k, v in features.items()}


def test_planted_groups_are_found_and_their_number_is_chosen():
    features, truth = shop()
    outcome = computed(features)
    assert len(outcome.values) == 3
    assert adjusted_rand_score(truth, labels(outcome, 600)) >= 0.9


def test_names_say_what_distinguishes_each_group():
    outcome = computed(shop()[0])
    assert {value.name_zh for value in outcome.values} == {"爱买折扣·高频", "少买折扣·高消费", "低消费·久未购买"}
    assert {value.name_en for value in outcome.values} == {
        "Discount seekers, frequent",
        "Few discounts, high spend",
        "Low spend, lapsed",
    }


def test_the_next_day_nobody_moves_when_nothing_changed():
    features, _ = shop()
    first = computed(features)
    again = computed(features, later(features, first))
    assert again.members == first.members
    assert again.details["refreshed"]


@pytest.mark.parametrize("rebuild", [False, True])
def test_groups_keep_their_keys_when_customers_change(rebuild):
    features, _ = shop(2000)
    first = computed(features)
    after = later(moved(features, 0.05), first)
    second = computed(features, replace(after, previous={}) if rebuild else after)
    assert second.details["refreshed"] is not rebuild
    same = sum(first.members[k].intersection_cardinality(members) for k, members in second.members.items())
    assert same / 2000 >= 0.94


def test_a_new_definition_begins_anew_and_still_recognises_the_groups():
    features, _ = shop()
    first = computed(features)
    second = computed(features, later(features, first), k=4)
    assert not second.details["refreshed"]
    assert set(first.members) < set(second.members)
    assert set(second.members) - set(first.members) == {"c4"}


def test_rows_in_another_order_give_the_same_groups_and_keys():
    features, _ = shop()
    order = np.random.default_rng(5).permutation(600)
    mixed = context({key: values[order] for key, values in features.items()}, ids=order + 1)
    assert computed(features, mixed).members == computed(features).members


def test_customers_without_most_of_the_features_are_in_no_group():
    features, _ = shop()
    features = {key: np.append(values, np.nan) for key, values in features.items()}
    features["frequency"][600] = 0
    outcome = computed(features)
    assert outcome.details["customers"] == 600
    assert 601 not in BitMap.union(*outcome.members.values())


def test_only_who_fits_the_rule_is_clustered():
    features, _ = shop()
    rule = {"trait": "age", "op": "less_than", "value": 30}
    given = context(features, answers={json.dumps(rule): range(1, 301)})
    outcome = computed(features, given, among={"version": 1, "rule": rule})
    assert BitMap.union(*outcome.members.values()) == BitMap(range(1, 301))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: {**f, "frequency": np.full(600, 3.0)}, "feature_constant"),
        (lambda f: {**f, "frequency": np.full(600, np.nan)}, "feature_missing"),
        (lambda f: {key: values[:15] for key, values in f.items()}, "too_few_customers"),
    ],
)
def test_what_cannot_be_clustered_fails_with_the_reason(spoil, code):
    with pytest.raises(ClusteringError) as failed:
        computed(spoil(shop()[0]))
    assert failed.value.code == code


def test_more_groups_than_customers_allow_are_refused():
    with pytest.raises(ClusteringError, match="at least 200"):
        computed({key: values[:150] for key, values in shop()[0].items()}, k=20)


def test_useless_features_can_be_left_out_and_are_told():
    features = {**shop()[0], "discount_share": np.zeros(600)}
    outcome = computed(features, useless="leave_out")
    assert outcome.details["left_out"] == {"discount_share": "feature_constant"}
    assert [feature["key"] for feature in outcome.details["features"]] == FEATURES[:3]


def test_the_pictures_are_complete():
    features, _ = shop(3000)
    details = computed(features).details
    assert len(details["map"]["points"]) == 2000
    assert {group for *_, group, _ in details["map"]["points"]} == {0, 1, 2}
    assert len(details["map"]["centres"]) == len(details["clusters"]) == len(details["heat_map"]["z"]) == 3
    assert sum(cluster["size"] for cluster in details["clusters"]) == 3000
    assert details["silhouette"] > 0.4
    assert details["stability"] > 0.9
    assert details["choice"]["k"] == 3


def test_a_group_tells_its_largest_differences_and_why_repeats_them():
    lapsed = next(value for value in computed(shop()[0]).values if "lapsed" in value.name_en)
    monetary, recency = lapsed.detail["differences"][:2]
    assert (monetary["feature"], recency["feature"]) == ("monetary", "recency_days")
    assert monetary["median"] < monetary["overall"]
    assert recency["z"] > 1
    one = asked(frequency=3.0, monetary=90.0, recency_days=250.0, discount_share=0.1)
    why = KIND.why(KIND.read({"features": FEATURES}), lapsed, one)
    assert why.zh.startswith("monetary（中）：90 元（本群中位数")
    assert "recency_days: 250 days (median of the group" in why.en


def test_the_figure_that_a_group_prints_lies_where_its_arrow_points():
    """One whale lifts the mean of a group that spends less than everybody else."""
    features, _ = shop(600)
    features["monetary"][int(np.argmin(features["monetary"]))] = 1e9
    for value in computed(features).values:
        for one in value.detail["differences"]:
            assert (one["median"] - one["overall"]) * one["z"] > 0


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        ({"features": []}, "features", "shape"),
        ({"features": ["fame"]}, "features[0]", "unknown_feature"),
        ({"features": ["monetary", "monetary"]}, "features[1]", "repeated"),
        ({"algorithm": "magic"}, "algorithm", "unknown_algorithm"),
        ({"k": 1}, "k", "groups_out_of_range"),
        ({"k": 21}, "k", "groups_out_of_range"),
        ({"between": [6, 3]}, "between", "not_rising"),
        (
            {"among": {"version": 1, "rule": {"trait": "height", "op": "is", "value": 1}}},
            "among.rule.trait",
            "unknown_name",
        ),
    ],
)
def test_a_definition_that_cannot_run_is_refused_with_its_place(wrong, path, code):
    (problem,) = KIND.problems({"features": FEATURES, **wrong}, CATALOG)
    assert (problem.path, problem.code) == (path, code)


def test_outliers_are_a_value_of_their_own_and_no_group():
    features, _ = shop()
    odd = {key: np.append(values, [1e4, 1e5, 0.0][:3]) for key, values in features.items()}
    odd["discount_share"][-3:] = [0.99, 0.0, 0.6]
    outcome = computed(odd, algorithm="hdbscan")
    assert outcome.values[-1].key == "noise"
    assert outcome.values[-1].detail["noise"]
    assert {601, 602} & set(outcome.members["noise"])
    assert "noise" not in [cluster["key"] for cluster in outcome.details["clusters"]]
    again = computed(odd, later(odd, outcome), algorithm="hdbscan")
    assert again.members == outcome.members


def test_the_winner_of_the_contest_stays_in_later_runs():
    features, _ = shop()
    first = computed(features, algorithm="auto", k=3)
    assert {entry["algorithm"] for entry in first.details["contest"]} == {"kmeans", "mixture", "ward", "genie"}
    assert first.details["algorithm"] == first.details["contest"][0]["algorithm"]
    again = computed(features, later(features, first), algorithm="auto", k=3)
    assert again.details["algorithm"] == first.details["algorithm"]
    assert again.members == first.members


def test_a_run_tells_who_moved_since_the_one_before():
    features, _ = shop(2000)
    first = computed(features)
    assert "movement" not in first.details
    second = computed(moved(features, 0.2), later(moved(features, 0.2), first))
    movement = second.details["movement"]
    assert sum(map(sum, movement["counts"])) == 2000
    assert 0.05 < movement["share"] < 0.2
    assert second.details["alarm"]["shares"] == [movement["share"]]


def test_gaps_are_kept_for_the_algorithm_that_takes_them():
    features, truth = shop()
    lost = np.random.default_rng(0).random(600) < 0.4
    features["monetary"][lost] = np.nan
    outcome = computed(features, algorithm="incremental", k=3)
    assert outcome.details["card"]["data"]["columns"] == FEATURES
    assert outcome.details["card"]["data"]["missing"]["monetary"] == pytest.approx(lost.mean(), abs=1e-4)
    assert adjusted_rand_score(truth, labels(outcome, 600)) >= 0.9


def test_the_card_says_how_it_was_made_and_warns_of_what_is_weak():
    features, _ = shop()
    card = computed(features, k=5).details["card"]
    assert (card["algorithm"], card["seed"], card["parameters"]["k_found"]) == ("kmeans", 0, 5)
    assert set(card["libraries"]) == {"numpy", "scipy", "scikit-learn"}
    quality = {"stability": 0.5, "silhouette": 0.2, "surrogate_fidelity": 0.7, "noise_share": 0.3}
    assert limits(quality, {"monetary": 0.1}) == ["unstable", "hard_to_explain", "many_outliers"]
    sound = {"stability": 0.9, "silhouette": 0.2, "surrogate_fidelity": 0.9, "noise_share": 0.0}
    assert limits(sound, {"monetary": 0.3}) == ["much_missing"]
