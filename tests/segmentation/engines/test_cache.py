"""The memory of sets stays within its bounds."""

from pyroaring import BitMap

from segmentation.engines.cache import SetCache


def wide(shift: int) -> BitMap:
    return BitMap(range(shift, 2_000_000, 7))


def test_a_set_is_computed_once():
    cache, computed = SetCache(10**9), []

    def compute() -> BitMap:
        computed.append(1)
        return BitMap([1, 2])

    assert cache.get("a", compute) == cache.get("a", compute) == BitMap([1, 2])
    assert len(computed) == 1


def test_the_least_recently_used_goes_first():
    one = wide(0)
    cache = SetCache(int(2.5 * one.get_statistics()["n_bytes_bitset_containers"]))
    for name in ("a", "b"):
        cache.get(name, lambda: wide(1))
    cache.get("a", lambda: wide(1))
    cache.get("c", lambda: wide(2))

    missed = []
    for name in ("a", "c", "b"):
        cache.get(name, lambda name=name: missed.append(name) or wide(1))
    assert missed == ["b"]


def test_a_set_larger_than_all_room_is_answered_and_forgotten_next():
    cache = SetCache(1)
    assert cache.get("a", lambda: wide(0)) == wide(0)
    cache.get("b", lambda: BitMap([1]))
    assert len(cache) == 1


def test_many_tiny_sets_do_not_pile_up():
    cache = SetCache(100_000)
    for number in range(5000):
        cache.get(number, lambda number=number: BitMap([number]))
    assert len(cache) < 300


def test_the_caller_may_change_what_it_gets():
    cache = SetCache(10**6)
    cache.get("a", lambda: BitMap([1])).add(5)
    cache.get("a", lambda: BitMap([1])).add(6)
    assert cache.get("a", lambda: BitMap([1])) == BitMap([1])
