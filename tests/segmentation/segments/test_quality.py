"""The committee that chooses the number of groups, on benchmark sets whose groups are known."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.algorithms import kmeans
from segmentation.segments.algorithms.kmeans import KMeans
from tests.segmentation.segments.shapes import blobs

SETS = {"fcps/hepta": 7, "fcps/tetra": 4, "sipu/r15": 15, "fcps/twodiamonds": 2}


@pytest.mark.parametrize(("name", "groups"), SETS.items())
def test_the_true_number_of_groups_is_chosen_and_the_groups_are_found(data, name, groups):
    rows = np.loadtxt(data / "clustering" / f"{name}.data.gz")
    truth = np.loadtxt(data / "clustering" / f"{name}.labels0.gz", dtype=int)
    choice = KMeans().choose(rows, ks=range(2, groups + 4), seed=0)
    assert choice.k == groups
    assert adjusted_rand_score(truth, KMeans().fit(rows, k=groups, seed=0).labels) >= 0.95


def test_many_rows_in_single_precision_are_grouped_as_few_are_in_double(monkeypatch):
    rows, _ = blobs([400, 300, 200])
    rows = rows + 1e6  # far from zero, where single precision alone would see nothing
    expected = KMeans().fit(rows, k=3, seed=0)
    monkeypatch.setattr(kmeans, "SAMPLE", len(rows) - 1)
    found = KMeans().fit(rows, k=3, seed=0)
    assert np.array_equal(found.labels, expected.labels)
    assert np.allclose(found.placement.points, expected.placement.points, rtol=0, atol=1e-4)
