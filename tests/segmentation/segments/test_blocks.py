"""Blocks of a clustering: what is bought and spent, beside the features."""

import json

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from segmentation.prediction.histories import Histories
from segmentation.segments import blocks, clustering
from segmentation.segments.clustering import Features, Model, Plan
from segmentation.similarity.bought import Bought
from segmentation.tags.block_facts import WEEKS, weekly

CUSTOMERS = 300
WORDS = {0: ["oat milk", "rye bread", "goat milk"], 1: ["wood screw", "steel nail", "wood glue"]}


@pytest.fixture
def truth():
    return np.random.default_rng(0).integers(0, 2, CUSTOMERS)


def bought(truth):
    """Everybody buys from one of two shelves."""
    random = np.random.default_rng(1)
    counts = random.poisson(np.where(truth[:, None] == np.repeat([0, 1], 3), 3.0, 0.3)) + 0.0
    return Bought(sparse.csr_array(counts), [*WORDS[0], *WORDS[1]])


def features(truth, weight=1.0, **given):
    """A feature that tells nothing, and the blocks."""
    noise = np.random.default_rng(2).normal(0, 1, CUSTOMERS)
    return Features({"noise": noise}, {"noise": "share"}, given, dict.fromkeys(given, weight))


def found(given, algorithm="kmeans"):
    return clustering.find(given, Plan(algorithm, 2, (2, 4), False, 0), progress=lambda *_: None)


@pytest.mark.parametrize("key", ["categories", "texts"])
def test_what_is_bought_tells_groups_that_features_do_not(truth, key):
    blind = adjusted_rand_score(truth, found(features(truth)).clusters.labels)
    assert blind < 0.2
    assert adjusted_rand_score(truth, found(features(truth, **{key: bought(truth)})).clusters.labels) > 0.9


def test_weeks_tell_groups_with_gaps_before_the_first_purchase(truth):
    random = np.random.default_rng(3)
    season = np.sin(2 * np.pi * np.arange(WEEKS) / 13)
    series = np.exp(np.where(truth[:, None], season, -season) + random.normal(0, 0.4, (CUSTOMERS, WEEKS)))
    series[np.arange(WEEKS) < random.integers(0, 13, CUSTOMERS)[:, None]] = np.nan
    result = found(features(truth, 2.0, weeks=series), "incremental")
    assert np.isnan(result.matrix).any()
    assert adjusted_rand_score(truth, result.clusters.labels) > 0.9


def test_a_block_counts_as_three_columns_times_its_weight_squared(truth):
    for weight in (0.5, 1.0, 2.0):
        block = blocks.fit("categories", bought(truth), weight, gaps=False)
        assert block.encode(bought(truth)).var(axis=0).sum() == pytest.approx(3 * weight**2, rel=1e-4)


def test_a_saved_model_places_the_same_and_reads_products_in_any_order(truth):
    given = features(truth, categories=bought(truth), texts=bought(truth))
    result = found(given)
    saved = Model.from_json(json.loads(json.dumps(result.model.to_json())))
    shelf = bought(truth)
    turned = Bought(sparse.csr_array(shelf.counts[:, ::-1]), shelf.texts[::-1])
    again = saved.place({**given.values, "categories": turned, "texts": turned})
    assert (again.labels == result.clusters.labels).all()
    assert np.abs(again.margins - result.margins).max() < 1e-6


def test_rules_speak_of_features_alone(truth):
    result = found(features(truth, categories=bought(truth)))
    assert result.model.encoder.plain == 1
    assert all(question[0] == 0 for ways in result.surrogate.paths for path in ways for question in path)


def test_a_block_that_is_the_same_for_everybody_is_left_out(truth):
    same = Bought(sparse.csr_array(np.ones((CUSTOMERS, 3))), ["a", "b", "c"])
    result = clustering.find(
        Features(
            {"x": truth + np.random.default_rng(0).random(CUSTOMERS)}, {"x": "share"}, {"texts": same}, {"texts": 1.0}
        ),
        Plan("kmeans", 2, (2, 4), False, 0),
        progress=lambda *_: None,
    )
    assert result.left_out == {"texts": "feature_constant"}


def test_weeks_are_counted_back_from_the_day_and_begin_with_the_first_purchase():
    """Customer 5 bought today and 7 days ago, customer 9 before all weeks and 15 days ago; 2 never."""
    histories = Histories(
        np.array([5, 5, 9, 9], np.uint32), np.array([993, 1000, 100, 985]), np.array([10.0, 20.0, 1.0, 30.0])
    )
    spent = weekly(histories, np.array([9, 2, 5], np.uint32), today=1000)
    assert spent[2, -2:].tolist() == [10, 20]
    assert np.isnan(spent[2, :-2]).all()
    assert np.isnan(spent[1]).all()
    assert spent[0, -4:].tolist() == [0, 30, 0, 0]
    assert not np.isnan(spent[0]).any()
