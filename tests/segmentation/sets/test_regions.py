"""Several sets cut into parts, and how sure a lift is."""

import doctest
import random

import pytest
from pyroaring import BitMap

from segmentation.sets import breakdown, regions


@pytest.mark.parametrize("module", [breakdown, regions])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_of_random_sets_are_those_of_asking_every_customer(seed):
    chance = random.Random(seed)
    sets = [BitMap(chance.sample(range(60), chance.randint(0, 40))) for _ in range(chance.randint(1, 6))]
    found = {part.inside: part.members for part in regions.regions(sets)}
    expected: dict[tuple[int, ...], BitMap] = {}
    for who in range(60):
        inside = tuple(place for place, members in enumerate(sets) if who in members)
        if inside:
            expected.setdefault(inside, BitMap()).add(who)
    assert found == expected


def part(customers, size, share_of_all):
    return breakdown.Part(None, customers, customers / size if size else 0.0, share_of_all, size)


def test_a_lift_is_clear_where_its_interval_leaves_out_one():
    assert part(60, 100, 0.4).is_clear
    assert part(20, 100, 0.4).is_clear
    assert not part(6, 10, 0.4).is_clear
    assert not part(0, 0, 0.4).is_clear
    assert part(60, 100, 0.4).times == pytest.approx(1.5)


def test_wilsons_interval_holds_its_share_in_95_of_100_draws():
    chance, hits, draws = random.Random(1), 0, 2000
    for _ in range(draws):
        low, high = breakdown.wilson(sum(chance.random() < 0.3 for _ in range(40)), 40)
        hits += low <= 0.3 <= high
    assert 0.93 <= hits / draws <= 0.97
