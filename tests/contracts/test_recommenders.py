"""Every recommender keeps the same promises."""

import numpy as np
import pytest
from scipy import sparse

from customers.plugins import load_all
from segmentation.recommendation.algorithms.base import RecommendationError, Recommender, binary
from segmentation.recommendation.choosing import ALGORITHMS, NEW_FOR_YOU

RECOMMENDERS = load_all(ALGORITHMS, Recommender)


def shop(customers: int = 80, products: int = 30, seed: int = 0) -> sparse.csr_array:
    """Two tastes: even customers buy the first half of the products, odd ones the second; a little of the rest."""
    random = np.random.default_rng(seed)
    own = (np.arange(customers)[:, None] % 2) == (np.arange(products) >= products // 2)
    return sparse.csr_array((random.random((customers, products)) < np.where(own, 0.5, 0.05)).astype(np.float32))


@pytest.fixture(params=RECOMMENDERS)
def recommender(request) -> Recommender:
    return RECOMMENDERS[request.param]


def test_it_is_named_in_both_languages(recommender):
    assert recommender.name_zh
    assert recommender.name_en


def test_the_same_seed_gives_the_same_scores(recommender):
    bought = shop()
    first, second = (recommender.fit(bought, seed=3).scores(bought) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("key", NEW_FOR_YOU)
def test_what_others_of_the_same_taste_buy_comes_before_the_rest(key):
    bought = shop()
    scores = RECOMMENDERS[key].fit(bought).scores(bought)
    first = scores[::2, :15].mean() - scores[::2, 15:].mean()
    second = scores[1::2, 15:].mean() - scores[1::2, :15].mean()
    assert min(first, second) > 0


def test_the_order_of_the_customers_does_not_matter(recommender):
    bought, order = shop(), np.random.default_rng(1).permutation(80)
    straight = recommender.fit(bought).scores(bought)[order]
    mixed = recommender.fit(bought[order]).scores(bought[order])
    assert np.allclose(straight, mixed, atol=2e-2 * np.abs(straight).max())


@pytest.mark.parametrize("shape", [(80, 30), (20, 60)])
def test_the_parts_of_a_score_add_up_to_it(recommender, shape):
    bought = shop(*shape)
    fitted = recommender.fit(bought)
    scores = fitted.scores(bought[:5])
    if fitted.because == "nothing":
        return
    for row in range(5):
        causes, parts = fitted.parts(bought[[row]], np.arange(shape[1]))
        assert len(causes) == len(parts)
        assert np.allclose(parts.sum(axis=0), scores[row], atol=1e-4)


def test_a_customer_nobody_has_seen_is_scored_too(recommender):
    row = binary(np.eye(1, 30))
    scores = recommender.fit(shop()).scores(row)
    assert scores.shape == (1, 30)
    assert np.isfinite(scores).all()


def test_a_shop_without_purchases_is_refused(recommender):
    with pytest.raises(RecommendationError):
        recommender.fit(sparse.csr_array((3, 4), dtype=np.float32))


@pytest.mark.parametrize("penalty", [1.0, 50.0])
def test_ease_says_the_same_of_few_customers_as_of_many(penalty):
    from segmentation.recommendation.algorithms.ease import FewCustomers, Weights

    bought = binary(shop(25, 40))
    full, few = Weights.of(bought, penalty), FewCustomers.of(bought, penalty)
    assert np.allclose(full.scores(bought), few.scores(bought), atol=1e-4)


def test_eases_weights_are_those_of_the_formula_however_many_products():
    from segmentation.recommendation.algorithms.ease import _inverse

    random = np.random.default_rng(0).normal(size=(2300, 40)).astype(np.float32)
    matrix = np.asfortranarray(random @ random.T + 50 * np.eye(2300, dtype=np.float32))
    found = _inverse(matrix.copy(order="F"))
    assert np.array_equal(found, found.T)
    assert np.allclose(found @ matrix, np.eye(2300), atol=1e-3)
