"""Who is held out: the published hash, and what a marketer may rely on."""

import doctest
from math import sqrt
from uuid import UUID, uuid4

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from segmentation.audiences import holdout
from segmentation.audiences.holdout import held_out, lots

ids = st.integers(min_value=0, max_value=2**32 - 1)
salts = st.uuids()
percents = st.integers(min_value=0, max_value=50)


def siphash_2_4(key: bytes, message: int) -> int:
    """The slow, obvious version, from the paper, for a message of eight bytes."""
    mask = 2**64 - 1
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def rotate(x: int, bits: int) -> int:
        return (x << bits | x >> (64 - bits)) & mask

    def sip_round() -> None:
        v[0] = (v[0] + v[1]) & mask
        v[1] = rotate(v[1], 13) ^ v[0]
        v[0] = rotate(v[0], 32)
        v[2] = (v[2] + v[3]) & mask
        v[3] = rotate(v[3], 16) ^ v[2]
        v[0] = (v[0] + v[3]) & mask
        v[3] = rotate(v[3], 21) ^ v[0]
        v[2] = (v[2] + v[1]) & mask
        v[1] = rotate(v[1], 17) ^ v[2]
        v[2] = rotate(v[2], 32)

    for block in (message, 8 << 56):
        v[3] ^= block
        sip_round()
        sip_round()
        v[0] ^= block
    v[2] ^= 0xFF
    for _ in range(4):
        sip_round()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_the_lot_is_siphash_as_its_authors_publish_it():
    key, message = bytes(range(16)), int.from_bytes(bytes(range(8)), "little")
    published = 0x93F5F5799A932462
    assert int(lots(np.array([message], np.uint64), salt=UUID(bytes=key))[0]) == published
    assert siphash_2_4(key, message) == published


@given(st.lists(ids, max_size=20), salts)
def test_lots_in_one_go_are_the_lots_one_by_one(customers, salt):
    drawn = lots(np.array(customers, np.uint32), salt=salt)
    assert [int(lot) for lot in drawn] == [siphash_2_4(salt.bytes, customer) for customer in customers]


@given(st.sets(ids), st.sets(ids), salts, percents)
def test_whether_a_customer_is_held_out_does_not_depend_on_who_else_is_in(some, others, salt, percent):
    alone = held_out(BitMap(some), salt=salt, percent=percent)
    together = held_out(BitMap(some | others), salt=salt, percent=percent)
    assert alone == together & BitMap(some)


@given(st.sets(ids), salts, percents, percents)
def test_a_larger_holdout_keeps_everybody_of_the_smaller(customers, salt, one, other):
    smaller, larger = (held_out(BitMap(customers), salt=salt, percent=p) for p in sorted((one, other)))
    assert smaller <= larger <= BitMap(customers)


def test_nobody_is_held_out_at_zero_percent():
    assert held_out(BitMap(range(100_000)), salt=uuid4(), percent=0) == BitMap()


def test_the_share_is_within_four_deviations_for_many_salts_and_for_neighbouring_ids():
    for salt in (UUID(int=n) for n in range(50)):
        for first in (0, 1_000_000):
            count = len(held_out(BitMap(range(first, first + 20_000)), salt=salt, percent=10))
            assert abs(count - holdout.expected(20_000, percent=10)) <= 4 * sqrt(20_000 * 0.1 * 0.9)


def test_two_audiences_hold_out_different_customers():
    one, other = (held_out(BitMap(range(100_000)), salt=UUID(int=n), percent=10) for n in (1, 2))
    assert abs(len(one & other) - 1_000) <= 4 * sqrt(1_000)


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(holdout).failed == 0
