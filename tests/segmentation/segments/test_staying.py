"""Groups from one run to the next."""

import numpy as np
from pyroaring import BitMap

from segmentation.segments.matching import lineage, migration, places
from segmentation.segments.staying import alarm, drifted, hold_back, movement, packed, unpacked

IDS = np.arange(1, 7, dtype=np.uint32)
KEYS = ["c1", "c2"]
BEFORE = {"c1": BitMap([1, 2, 3]), "c2": BitMap([4, 5, 6])}
NOW = np.array([0, 0, 1, 1, 1, 1])


def test_who_crosses_a_border_by_little_stays_the_first_time_and_goes_the_second():
    margins = np.array([0.9, 0.9, 0.02, 0.9, 0.9, 0.9])
    first = hold_back(IDS, NOW, margins, KEYS, before=BEFORE, waited={})
    assert first.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert (first.held, first.waiting) == (1, {"c2": BitMap([3])})
    waited = unpacked(packed(first.waiting))
    second = hold_back(IDS, NOW, margins, KEYS, before=BEFORE, waited=waited)
    assert second.labels.tolist() == NOW.tolist()
    assert second.held == 0


def test_who_crosses_clearly_goes_at_once_and_newcomers_are_never_held():
    margins = np.full(6, 0.2)
    assert hold_back(IDS, NOW, margins, KEYS, before=BEFORE, waited={}).labels.tolist() == NOW.tolist()
    new = {"c1": BitMap([1, 2]), "c2": BitMap([4, 5, 6])}
    assert hold_back(IDS, NOW, np.zeros(6), KEYS, before=new, waited={}).held == 0


def test_a_group_that_is_gone_holds_nobody_back():
    gone = {"c1": BitMap([1, 2]), "c9": BitMap([3, 4, 5, 6])}
    assert hold_back(IDS, NOW, np.zeros(6), KEYS, before=gone, waited={}).held == 0


def test_the_migration_matrix_counts_everybody_once():
    now = {"c1": BitMap([1, 2]), "c2": BitMap([3, 4, 5, 7])}
    told = movement(BEFORE, now, np.arange(1, 8, dtype=np.uint32))
    assert told["from"] == told["to"] == ["c1", "c2", ""]
    assert told["counts"] == [[2, 1, 0], [0, 2, 1], [0, 1, 0]]
    assert (told["moved"], told["share"]) == (1, 0.2)


def test_places_and_migration_agree_with_a_slow_count():
    random = np.random.default_rng(0)
    ids = random.permutation(500).astype(np.uint32)
    old, new = random.integers(-1, 3, 500), random.integers(-1, 4, 500)
    groups = [BitMap(ids[old == group]) for group in range(3)]
    assert (places(ids, groups) == old).all()
    table = migration(old, new, 3, 4)
    for a in range(-1, 3):
        for b in range(-1, 4):
            assert table[a, b] == ((old == a) & (new == b)).sum()


def test_splits_mergers_new_and_gone_groups_are_told_and_nothing_else():
    before = {"c1": BitMap(range(100)), "c2": BitMap(range(100, 150)), "c3": BitMap(range(150, 200))}
    split = {**before, "c1": BitMap(range(60)), "c4": BitMap(range(60, 100))}
    assert lineage(before, before) == []
    assert lineage(before, split) == [{"what": "split", "from": ["c1"], "into": ["c1", "c4"]}]
    merged = {"c1": before["c1"], "c2": BitMap(range(100, 200))}
    assert lineage(before, merged) == [{"what": "merged", "from": ["c2", "c3"], "into": ["c2"]}]
    other = {"c1": before["c1"], "c2": before["c2"], "c5": BitMap(range(300, 400))}
    assert lineage(before, other) == [
        {"what": "new", "from": [], "into": ["c5"]},
        {"what": "gone", "from": ["c3"], "into": []},
    ]


def test_only_unusually_many_movers_ring_the_bell():
    assert not alarm(0.5, [])["alarm"]
    assert not alarm(0.009, [0.001, 0.001])["alarm"]
    assert not alarm(0.05, [0.02, 0.03])["alarm"]
    assert alarm(0.09, [0.02, 0.03])["alarm"]
    assert len(alarm(0.1, [0.1] * 30)["shares"]) == 10


def test_a_feature_that_left_its_place_is_told():
    rows = np.column_stack([np.zeros(50), np.full(50, 0.4)])
    assert drifted(["a", "b"], rows) == [{"feature": "b", "away": 0.4}]
