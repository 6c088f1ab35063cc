"""Trees and spanning trees against slow, obvious versions."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.algorithms.genie import joined
from segmentation.segments.linkage import cut, ward
from segmentation.segments.spanning import spanning_tree


@pytest.mark.parametrize("seed", range(5))
def test_ward_cuts_as_scipy_does(seed):
    points = np.random.default_rng(seed).normal(size=(120, 3))
    tree = ward(points, np.ones(120))
    for k in (2, 5, 17):
        theirs = fcluster(linkage(points, "ward"), k, "maxclust")
        assert adjusted_rand_score(theirs, cut(tree, 120, k)) == 1


def test_a_point_of_weight_three_counts_as_three_points():
    points = np.random.default_rng(0).normal(size=(40, 2))
    weights = np.random.default_rng(1).integers(1, 4, 40)
    heavy = cut(ward(points, weights.astype(float)), 40, 6)
    repeated = cut(ward(np.repeat(points, weights, axis=0), np.ones(weights.sum())), weights.sum(), 6)
    assert adjusted_rand_score(np.repeat(heavy, weights), repeated) == 1


@pytest.mark.parametrize("seed", range(5))
def test_the_spanning_tree_is_as_short_as_scipys(seed):
    points = np.random.default_rng(seed).normal(size=(90, 4))
    *_, lengths = spanning_tree(points)
    assert lengths.sum() == pytest.approx(minimum_spanning_tree(cdist(points, points)).sum())
    assert (np.diff(lengths) >= 0).all()


def test_without_its_gate_genie_is_single_linkage_and_with_it_no_crumb_is_left():
    points = np.random.default_rng(2).normal(size=(150, 2))
    edges = spanning_tree(points)
    single = fcluster(linkage(points, "single"), 4, "maxclust")
    assert adjusted_rand_score(single, joined(edges, np.ones(150), 4, threshold=1.0)) == 1
    assert np.bincount(joined(edges, np.ones(150), 4)).min() > np.bincount(single)[1:].min()
