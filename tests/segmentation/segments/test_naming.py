"""Clusters get names from what distinguishes them."""

import numpy as np

from segmentation.rules.catalog import Labels
from segmentation.segments.naming import AVERAGE, names
from segmentation.segments.words import words_of

SPEND, OFTEN, WHEN = (words_of(key, Labels()) for key in ("monetary", "frequency", "recency_days"))


def test_a_name_tells_the_two_strongest_differences_the_strongest_first():
    away = np.array([[0.8, 1.5, -0.2], [-0.5, -0.4, 2.0]])
    assert names(away, [SPEND, OFTEN, WHEN]) == [
        ("高频·高消费", "Frequent, high spend"),
        ("久未购买·低消费", "Lapsed, low spend"),
    ]


def test_a_second_word_comes_from_another_theme():
    interval = words_of("purchase_interval_days", Labels())
    assert names(np.array([[2.0, -1.9, 0.5]]), [OFTEN, interval, SPEND]) == [("高频·高消费", "Frequent, high spend")]


def test_what_hardly_differs_from_everybody_is_called_average():
    assert names(np.array([[0.1, -0.3]]), [SPEND, OFTEN]) == [AVERAGE]


def test_names_are_never_the_same():
    away = np.array([[1.0, 1.2, -0.6], [1.1, 1.3, 0.5], [1.0, 1.2, 0.5], [1.0, 1.2, 0.5]])
    given = names(away, [SPEND, OFTEN, WHEN])
    assert len(set(given)) == 4
    assert given[0] == ("高频·高消费·近期活跃", "Frequent, high spend, recently active")


def test_a_feature_without_words_of_its_own_is_called_by_its_name():
    own = words_of("returns", Labels("退货次数", "Returns"))
    assert names(np.array([[1.0], [-1.0]]), [own]) == [("退货次数高", "High returns"), ("退货次数低", "Low returns")]
