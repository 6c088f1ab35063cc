"""Every clustering algorithm keeps the same promises."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation import plugins
from segmentation.segments.algorithms.base import Algorithm, ClusteringError
from tests.segmentation.segments.shapes import blobs

ALGORITHMS = "segmentation.segments.algorithms"


@pytest.fixture(params=plugins.names(ALGORITHMS))
def algorithm(request) -> Algorithm:
    return plugins.load(ALGORITHMS, request.param, Algorithm)


def test_it_has_names_in_both_languages(algorithm):
    assert algorithm.name_zh
    assert algorithm.name_en


def test_it_finds_planted_groups(algorithm):
    rows, truth = blobs([300, 200, 100, 50])
    clusters = algorithm.fit(rows, k=4, seed=0)
    assert adjusted_rand_score(truth, clusters.labels) >= 0.9


def test_it_chooses_the_planted_number_of_groups(algorithm):
    rows, _ = blobs([200, 150, 150, 100, 100])
    assert algorithm.choose(rows, ks=range(2, 11), seed=0).k == 5


def test_the_same_seed_gives_the_same_groups_whatever_the_order_of_the_rows(algorithm):
    rows, _ = blobs([150, 150, 100], apart=2.5)
    shuffled = np.random.default_rng(1).permutation(len(rows))
    straight = algorithm.fit(rows, k=5, seed=7)
    mixed = algorithm.fit(rows[shuffled], k=5, seed=7)
    assert (straight.labels[shuffled] == mixed.labels).all()
    assert (straight.centres == mixed.centres).all()


@pytest.mark.parametrize("seed", range(4))
def test_groups_are_numbered_from_the_largest(algorithm, seed):
    rows, _ = blobs([50, 300, 100])
    sizes = np.bincount(algorithm.fit(rows, k=3, seed=seed).labels)
    assert list(sizes) == [300, 100, 50]


def test_each_customer_is_in_the_group_whose_centre_is_given(algorithm):
    rows, _ = blobs([100, 100])
    clusters = algorithm.fit(rows, k=2, seed=0)
    for label in range(2):
        assert np.allclose(rows[clusters.labels == label].mean(axis=0), clusters.centres[label])


def test_begun_from_its_own_centres_it_stays_where_it_was(algorithm):
    rows, _ = blobs([120, 100, 80], apart=2.5)
    first = algorithm.fit(rows, k=3, seed=0)
    again = algorithm.fit(rows, k=3, seed=99, start=first.centres)
    assert (first.labels == again.labels).all()


def test_quality_tells_clear_groups_from_arbitrary_ones(algorithm):
    clear, _ = blobs([150, 150, 150])
    vague = np.random.default_rng(0).normal(size=(450, 4))
    good = algorithm.quality(clear, algorithm.fit(clear, k=3, seed=0), seed=0)
    bad = algorithm.quality(vague, algorithm.fit(vague, k=3, seed=0), seed=0)
    assert good.silhouette > 0.6 > 0.3 > bad.silhouette
    assert good.stability > 0.95 > bad.stability


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (np.zeros((5, 2)), "too_few_customers"),
        (np.arange(4.0).reshape(2, 2), "too_few_customers"),
        (np.full((9, 2), np.nan), "not_finite"),
        (np.empty((9, 0)), "no_features"),
    ],
)
def test_what_cannot_be_grouped_is_refused_with_a_reason(algorithm, rows, code):
    with pytest.raises(ClusteringError) as refused:
        algorithm.fit(rows, k=3, seed=0)
    assert refused.value.code == code
