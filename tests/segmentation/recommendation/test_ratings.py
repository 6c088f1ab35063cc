"""Ratings of products nobody has rated yet."""

import numpy as np

from segmentation.recommendation.ratings import RatingKNN


def test_two_products_that_are_rated_alike_speak_for_each_other():
    random = np.random.default_rng(0)
    taste = random.choice([-1.5, 1.5], 300)
    known = 3 + np.outer(taste, [1, 1, 0]) + random.normal(0, 0.2, (300, 3))
    hidden = known[:20, 1].copy()
    known[:20, 1] = np.nan
    found = RatingKNN.of(known).predict(np.arange(20), np.ones(20, dtype=int))
    assert np.corrcoef(found, hidden)[0, 1] > 0.95


def test_what_no_similar_product_was_rated_for_is_the_usual():
    known = np.array([[5.0, np.nan], [np.nan, 1.0]])
    knn = RatingKNN.of(known)
    assert knn.predict(np.array([0]), np.array([1]))[0] == np.clip(knn.baseline[0, 1], 1, 5)
