"""The committee that chooses the number of groups, on benchmark sets whose groups are known."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.algorithms.kmeans import KMeans

SETS = {"fcps/hepta": 7, "fcps/tetra": 4, "sipu/r15": 15, "fcps/twodiamonds": 2}


@pytest.mark.parametrize(("name", "groups"), SETS.items())
def test_the_true_number_of_groups_is_chosen_and_the_groups_are_found(data, name, groups):
    rows = np.loadtxt(data / "clustering" / f"{name}.data.gz")
    truth = np.loadtxt(data / "clustering" / f"{name}.labels0.gz", dtype=int)
    choice = KMeans().choose(rows, ks=range(2, groups + 4), seed=0)
    assert choice.k == groups
    assert adjusted_rand_score(truth, KMeans().fit(rows, k=groups, seed=0).labels) >= 0.95
