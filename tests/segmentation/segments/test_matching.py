"""Clusters keep their keys from run to run."""

import numpy as np
import pytest
from pyroaring import BitMap

from segmentation.segments.matching import keep_keys


def test_groups_that_only_change_places_keep_their_keys():
    before = {"c1": BitMap(range(100)), "c2": BitMap(range(100, 150)), "c3": BitMap(range(150, 180))}
    assert keep_keys(before, [before["c3"], before["c1"], before["c2"]]) == ["c3", "c1", "c2"]


def test_when_one_group_of_eight_splits_all_eight_keys_survive():
    before = {f"c{i}": BitMap(range(i * 100, i * 100 + 100)) for i in range(1, 9)}
    halves = [BitMap(range(100, 155)), BitMap(range(155, 200))]
    assert keep_keys(before, [*halves, *list(before.values())[1:]]) == ["c1", "c9", *list(before)[1:]]


def test_a_group_that_lost_most_of_its_members_gets_a_new_key():
    assert keep_keys({"c1": BitMap(range(100))}, [BitMap(range(80, 200))]) == ["c2"]


def test_a_key_that_was_ever_used_is_not_used_for_another_group():
    assert keep_keys({}, [BitMap([1])], used=["c1", "c7"]) == ["c8"]


@pytest.mark.parametrize(("moved", "kept"), [(0.05, 0.94), (0.2, 0.78)])
def test_most_customers_keep_their_group_when_some_move(moved, kept):
    random = np.random.default_rng(0)
    old = random.integers(0, 8, 20_000)
    new = np.where(random.random(20_000) < moved, random.integers(0, 8, 20_000), old)
    shuffled = random.permutation(8)[new]
    before = {f"c{i}": BitMap(np.flatnonzero(old == i)) for i in range(8)}
    now = [BitMap(np.flatnonzero(shuffled == i)) for i in range(8)]
    same = sum(
        before[key].intersection_cardinality(group) for key, group in zip(keep_keys(before, now), now, strict=True)
    )
    assert same / 20_000 >= kept
