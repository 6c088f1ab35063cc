"""Correction over many campaigns against scipy's."""

import numpy as np
import pytest
from scipy import stats

from segmentation.measurement.statistics.correction import adjusted


@pytest.mark.parametrize("count", [1, 2, 50])
def test_adjusted_p_values_are_those_of_scipy(count: int) -> None:
    p_values = list(np.random.default_rng(count).random(count))
    assert adjusted(p_values) == pytest.approx(list(stats.false_discovery_control(p_values)))


def test_nothing_is_adjusted_of_nothing() -> None:
    assert adjusted([]) == []
