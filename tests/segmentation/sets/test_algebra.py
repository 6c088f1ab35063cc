"""Sets compared, joined and sampled, against Python's own sets."""

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from segmentation.sets.algebra import combine
from segmentation.sets.overlap import overlap, overlaps
from segmentation.sets.sample import sample

members = st.sets(st.integers(0, 60))


@given(members, members)
def test_overlap_counts_as_sets_do(a, b):
    both = overlap(BitMap(a), BitMap(b))

    assert (both.both, both.either, both.only_left, both.only_right) == (len(a & b), len(a | b), len(a - b), len(b - a))
    assert both.jaccard == (len(a & b) / len(a | b) if a | b else 1)


def test_every_pair_is_compared():
    cells = overlaps({"a": BitMap([1, 2]), "b": BitMap([2])})

    assert {pair: cell.both for pair, cell in cells.items()} == {
        ("a", "a"): 2, ("a", "b"): 1, ("b", "a"): 1, ("b", "b"): 1,
    }  # fmt: skip


@given(st.lists(members, min_size=1, max_size=4))
def test_sets_combine_from_left_to_right(sets):
    bitmaps = [BitMap(one) for one in sets]

    assert set(combine("union", bitmaps)) == set().union(*sets)
    assert set(combine("intersection", bitmaps)) == sets[0].intersection(*sets[1:])
    assert set(combine("difference", bitmaps)) == sets[0].difference(*sets[1:])
    assert set(bitmaps[0]) == sets[0]


@given(members, st.integers(0, 30), st.integers(0, 5))
def test_a_sample_is_part_of_the_set_and_always_the_same(customers, n, seed):
    drawn = sample(BitMap(customers), n, seed)

    assert set(drawn) <= customers
    assert len(set(drawn)) == len(drawn) == min(n, len(customers))
    assert drawn == sorted(drawn) == sample(BitMap(customers), n, seed)
