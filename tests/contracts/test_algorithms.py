"""Every clustering algorithm keeps the same promises."""

import json

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from customers import plugins
from segmentation.segments import placing
from segmentation.segments.algorithms.base import Algorithm, ClusteringError
from tests.segmentation.segments.shapes import blobs

ALGORITHMS = "segmentation.segments.algorithms"


@pytest.fixture(params=plugins.names(ALGORITHMS))
def algorithm(request) -> Algorithm:
    return plugins.load(ALGORITHMS, request.param, Algorithm)


def test_it_has_names_and_advice_in_both_languages(algorithm):
    assert algorithm.name_zh
    assert algorithm.name_en
    assert algorithm.advice_zh
    assert algorithm.advice_en


def test_it_finds_planted_groups(algorithm):
    rows, truth = blobs([200, 150, 120, 100])
    clusters = algorithm.fit(rows, k=4, seed=0)
    assert adjusted_rand_score(truth, clusters.labels) >= (0.8 if algorithm.finds_noise else 0.9)
    assert clusters.k == 4


def test_it_chooses_the_planted_number_of_groups(algorithm):
    rows, _ = blobs([100, 75, 75, 50, 50])
    if algorithm.needs_k:
        assert algorithm.choose(rows, ks=range(4, 7), seed=0).k == 5
    else:
        assert algorithm.fit(rows, seed=0).k == 5


def test_the_same_seed_gives_the_same_groups_whatever_the_order_of_the_rows(algorithm):
    rows, _ = blobs([150, 150, 100], apart=2.5)
    shuffled = np.random.default_rng(1).permutation(len(rows))
    straight = algorithm.fit(rows, k=5, seed=7)
    mixed = algorithm.fit(rows[shuffled], k=5, seed=7)
    assert (straight.labels[shuffled] == mixed.labels).all()
    assert np.allclose(straight.centres, mixed.centres)


@pytest.mark.parametrize("seed", range(2))
def test_groups_are_numbered_from_the_largest(algorithm, seed):
    rows, _ = blobs([50, 300, 100])
    labels = algorithm.fit(rows, k=3, seed=seed).labels
    sizes = np.bincount(labels[labels >= 0])
    assert list(sizes) == sorted(sizes, reverse=True)
    if not algorithm.finds_noise:
        assert list(sizes) == [300, 100, 50]


def test_the_centre_of_each_group_is_the_mean_of_its_customers(algorithm):
    rows, _ = blobs([100, 100])
    clusters = algorithm.fit(rows, k=2, seed=0)
    for label in range(clusters.k):
        assert np.allclose(rows[clusters.labels == label].mean(axis=0), clusters.centres[label])


def test_what_is_saved_places_every_customer_where_he_was(algorithm):
    rows, _ = blobs([200, 150, 100], apart=4)
    clusters = algorithm.fit(rows, k=3, seed=0)
    saved = placing.from_json(json.loads(json.dumps(clusters.placement.to_json())))
    assert (saved.place(rows).labels == clusters.labels).all()


def test_begun_from_its_own_groups_it_stays_where_it_was(algorithm):
    rows, _ = blobs([120, 100, 80], apart=2.5)
    first = algorithm.fit(rows, k=3, seed=0)
    again = algorithm.fit(rows, k=3, seed=99, start=first.placement)
    assert (first.labels == again.labels).mean() >= 0.99


def test_margins_are_large_inside_and_small_at_the_border(algorithm):
    rows, _ = blobs([150, 150])
    placement = algorithm.fit(rows, k=2, seed=0).placement
    ends = np.array([rows[:150].mean(axis=0), rows[150:].mean(axis=0)])
    inside, between = placement.place(ends).margins, placement.place(ends.mean(axis=0, keepdims=True)).margins
    assert between[0] < inside.min()
    assert inside.min() > 0.5


def test_quality_tells_clear_groups_from_arbitrary_ones(algorithm):
    clear, _ = blobs([150, 150, 150])
    vague = np.random.default_rng(0).normal(size=(450, 4))
    good = algorithm.quality(clear, algorithm.fit(clear, k=3, seed=0), seed=0)
    assert good.silhouette > 0.6
    assert good.stability > 0.8
    assert min(good.found_again) > 0.8
    bad = algorithm.quality(vague, algorithm.fit(vague, k=3, seed=0), seed=0)
    assert bad.silhouette < 0.3
    assert bad.stability < 0.8


def test_a_small_tree_says_nearly_the_same(algorithm):
    rows, _ = blobs([150, 100, 80])
    clusters = algorithm.fit(rows, k=3, seed=0)
    surrogate = algorithm.surrogate(rows, clusters, seed=0)
    assert surrogate.fidelity >= 0.95
    for label, paths in enumerate(surrogate.paths):
        told = np.any([np.all([(rows[:, c] > t) == above for c, above, t in path], axis=0) for path in paths], axis=0)
        assert (clusters.labels[told] == label).mean() == pytest.approx(surrogate.precision[label])


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
    if code == "too_few_customers" and not algorithm.needs_k:
        rows = rows[:1]
    with pytest.raises(ClusteringError) as refused:
        algorithm.fit(rows, k=3, seed=0)
    assert refused.value.code == code


def test_a_whale_and_identical_rows_end_in_sane_groups(algorithm):
    rows, _ = blobs([100, 100])
    odd = np.vstack([rows, np.full((1, 4), 1e6), np.tile(rows[:1], (60, 1))])
    clusters = algorithm.fit(odd, k=3, seed=0)
    assert np.isfinite(clusters.centres).all()
    assert len(set(clusters.labels[-60:])) == 1
