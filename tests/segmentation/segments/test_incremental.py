"""Centres that learn from batches with gaps."""

import numpy as np
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.algorithms.incremental import Incremental, Stream
from segmentation.segments.placing import squared_distances
from tests.segmentation.segments.shapes import blobs


def with_gaps(rows, share=0.3):
    return np.where(np.random.default_rng(9).random(rows.shape) < share, np.nan, rows)


def wide(sizes):
    """Groups that many columns tell apart, so that what is left of a row is enough."""
    rows, truth = blobs(sizes)
    return np.repeat(rows, 4, axis=1) + np.random.default_rng(3).normal(size=(len(rows), 16)), truth


def test_a_partial_distance_is_scaled_up_for_what_is_missing():
    rows = np.array([[3.0, np.nan, 4.0, np.nan]])
    assert squared_distances(rows, np.zeros((1, 4)))[0, 0] == 2 * 25


def test_groups_are_found_though_a_third_is_missing():
    rows, truth = wide([300, 200, 150])
    assert adjusted_rand_score(truth, Incremental().fit(with_gaps(rows), k=3, seed=0).labels) > 0.9


def test_one_pass_in_batches_does_as_well_as_all_at_once():
    rows, truth = wide([3000, 2000, 1000])
    mixed = np.random.default_rng(0).permutation(len(rows))
    rows, truth = with_gaps(rows)[mixed], truth[mixed]
    stream = Stream(3)
    stream.begin(rows[:500], seed=0)
    for begin in range(0, 6000, 500):
        stream.learn(rows[begin : begin + 500])
    assert adjusted_rand_score(truth, squared_distances(rows, stream.centres).argmin(axis=1)) > 0.9
    assert stream.centres.shape == stream.counts.shape == (3, 16)


def test_a_column_that_comes_late_is_learnt_when_it_comes():
    rows, truth = blobs([400, 400])
    mixed = np.random.default_rng(0).permutation(800)
    rows, truth = rows[mixed], truth[mixed]
    early = rows[:400].copy()
    early[:, 3] = np.nan
    stream = Stream(2)
    stream.begin(early, seed=0)
    stream.learn(early)
    assert (stream.counts[:, 3] == 0).all()
    labels = stream.learn(rows[400:])
    for group in range(2):
        assert np.isclose(stream.centres[group, 3], rows[400:][labels == group, 3].mean())


def test_a_column_of_nothing_but_gaps_changes_nothing():
    rows, _ = blobs([100, 80])
    empty = np.column_stack([rows, np.full(len(rows), np.nan)])
    assert (Incremental().fit(empty, k=2, seed=0).labels == Incremental().fit(rows, k=2, seed=0).labels).all()
