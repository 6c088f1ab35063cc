"""Predictions: learnt from the past only, refused where there is too little, explained to the last digit."""

import json

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from customers.plugins import load, load_all
from segmentation.prediction import purchases_to_come, worth
from segmentation.prediction.chances import leaks
from segmentation.prediction.forest import Forest
from segmentation.prediction.goals.base import Goal
from segmentation.prediction.histories import Histories, behaviour
from segmentation.prediction.propensity import PredictionError, calibration_error
from tests.segmentation.prediction.shops import TODAY, histories

GOALS = "segmentation.prediction.goals"


@pytest.fixture(scope="module")
def shop() -> Histories:
    return histories()


@pytest.mark.parametrize("key", load_all(GOALS, Goal))
def test_what_comes_after_today_changes_nothing(shop, key):
    goal = load(GOALS, key, Goal)
    knowing = goal.predict(shop, today=TODAY, days=30, seed=1)
    blind = goal.predict(shop.until(TODAY), today=TODAY, days=30, seed=1)
    assert np.array_equal(knowing.ids, blind.ids)
    assert np.array_equal(knowing.scores, blind.scores)


@pytest.mark.parametrize("key", load_all(GOALS, Goal))
def test_a_shop_with_too_little_is_refused(key):
    with pytest.raises(PredictionError, match=r"100|days are needed"):
        load(GOALS, key, Goal).predict(histories(40), today=TODAY, days=30, seed=1)


@pytest.mark.parametrize("key", load_all(GOALS, Goal))
def test_the_card_is_plain_json_and_judges_by_later_days(shop, key):
    card = load(GOALS, key, Goal).predict(shop, today=TODAY, days=30, seed=1).card
    assert json.loads(json.dumps(card)) == card
    assert len(card["judged"]["deciles"]) == 10
    assert card["judged"].get("auc", 1) > 0.65
    assert card["judged"].get("correlation", 1) > 0.3


def test_the_chance_to_buy_is_the_rest_of_the_chance_to_stay_away(shop):
    buys, stays = (load(GOALS, key, Goal).predict(shop, today=TODAY, days=30, seed=1) for key in ("purchase", "churn"))
    assert np.corrcoef(buys.scores, stays.scores)[0, 1] < -0.98


def test_the_reasons_of_a_chance_add_up_to_what_it_is_made_of(shop):
    found = load(GOALS, "purchase", Goal).predict(shop, today=TODAY, days=30, seed=1)
    assert np.allclose(found.start + found.adds.sum(axis=1), found.made, atol=1e-9)


def test_chances_come_true_as_often_as_they_say(shop):
    found = load(GOALS, "purchase", Goal).predict(shop, today=TODAY, days=30, seed=1)
    came = np.isin(found.ids, shop.buyers(TODAY, TODAY + 30))
    assert calibration_error(found.scores, came) < 0.08


def test_features_know_nothing_of_later_days(shop):
    assert leaks(shop, 300) == 0


def test_behaviour_is_what_one_counts_by_hand():
    h = Histories(np.array([1, 1, 1, 2], np.uint32), np.array([10, 20, 50, 45]), np.array([4.0, 6.0, 100.0, 7.0]))
    found = dict(zip(behaviour(h, 40).ids.tolist(), behaviour(h, 40).matrix.tolist(), strict=True))
    assert list(found) == [1]
    assert found[1] == [20.0, 2.0, 30.0, 10.0, 5.0, 6.0, 0.0, 1.0, 2.0, 6.0, 10.0, 10.0, 2.0]


def test_a_forest_scores_like_the_library_that_grew_it_also_what_is_missing():
    random = np.random.default_rng(0)
    rows = random.normal(size=(500, 4))
    rows[random.random(rows.shape) < 0.1] = np.nan
    happened = np.nan_to_num(rows[:, 0]) + 0.5 * random.normal(size=500) > 0
    grown = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(rows, happened)
    forest = Forest.from_json(json.loads(json.dumps(Forest.of(grown).to_json())))
    assert np.allclose(forest.score(rows), grown.decision_function(rows), atol=1e-9)
    start, adds = forest.contributions(rows)
    assert np.allclose(start + adds.sum(axis=1), forest.score(rows), atol=1e-9)


def test_the_parameters_that_purchases_were_drawn_from_are_found_again():
    random = np.random.default_rng(1)
    n, T = 20_000, 40.0
    rate, loss = random.gamma(0.5, 1 / 6, n), random.beta(0.8, 2.4, n)
    x, t_x, now, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, bool)
    while alive.any():
        who = np.flatnonzero(alive)
        now[who] += random.exponential(1 / rate[who])
        again = who[now[who] <= T]
        alive[who] = now[who] <= T
        x[again] += 1
        t_x[again] = now[again]
        alive[again[random.random(len(again)) < loss[again]]] = False
    model = purchases_to_come.fit(x, np.round(t_x), np.full(n, T))
    assert model.r == pytest.approx(0.5, rel=0.1)
    assert model.alpha == pytest.approx(6, rel=0.15)


def test_even_the_busiest_customer_gets_a_number():
    model = purchases_to_come.BGNBD(0.24, 4.4, 0.79, 2.4, 0)
    found = model.expected(np.array([0.0, 3000.0]), np.array([0.0, 39.0]), np.array([39.0, 39.0]), 39.0)
    assert np.isfinite(found).all()
    assert found[1] > 100 * found[0]


def test_few_purchases_are_drawn_to_what_is_usual():
    model = worth.GammaGamma(6.25, 3.74, 15.44)
    usual, once, often = model.expected(np.array([0.0, 1, 50]), np.array([0.0, 200, 200]))
    assert usual < once < often < 200
