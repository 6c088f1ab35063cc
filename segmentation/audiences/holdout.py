"""Who is kept out of a campaign, so that its effect can be measured: a lot drawn once per audience and customer."""

import array
from collections.abc import Mapping
from uuid import UUID

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Words = npt.NDArray[np.uint64]
# Ids hashed at once: so many fit the processor's cache with all that is computed on the way.
BLOCK = 8_192


def held_out(customers: BitMap, *, salt: UUID, percent: int, stable: Mapping[int, int] | None = None) -> BitMap:
    """Those of `customers` whose lot is below `percent` of all lots.

    A lot is SipHash-2-4 of the customer's id under the salt, 64 bits, even over all customers. It depends on nothing
    else: not on the audience's name, the day, or who else is in. So a customer who comes and goes keeps the answer,
    and a larger percentage holds out the same customers and more. The price is that the share is exact on average
    only: of n customers n·percent/100 are expected, give or take √(n·p·(1−p)).

    >>> few = held_out(BitMap(range(1000)), salt=UUID(int=7), percent=10)
    >>> len(few), few <= held_out(BitMap(range(5000)), salt=UUID(int=7), percent=20)
    (96, True)
    """
    ids = np.frombuffer(customers.to_array(), dtype=np.uint32)
    below = lots(_drawn_by(ids, stable or {}), salt=salt) < np.uint64((percent << 64) // 100)
    return BitMap(array.array("I", ids[below].tobytes()))


def lowest(customers: BitMap, size: int, *, salt: UUID, stable: Mapping[int, int] | None = None) -> BitMap:
    """The `size` customers with the lowest lots: a choice at random that the salt repeats.

    >>> few = lowest(BitMap(range(100)), 3, salt=UUID(int=7))
    >>> len(few), few <= lowest(BitMap(range(100)), 9, salt=UUID(int=7))
    (3, True)
    """
    ids = np.frombuffer(customers.to_array(), dtype=np.uint32)
    if size >= len(ids):
        return BitMap(customers)
    first = np.argpartition(lots(_drawn_by(ids, stable or {}), salt=salt), size)[:size]
    return BitMap(array.array("I", ids[first].tobytes()))


def _drawn_by(ids: npt.NDArray[np.uint32], stable: Mapping[int, int]) -> npt.NDArray[np.uint32]:
    """The ids by which the lots are drawn."""
    if not stable or not len(ids):
        return ids
    merged = np.fromiter(stable, dtype=np.uint32, count=len(stable))
    places = np.searchsorted(ids, merged)
    there = (places < len(ids)) & (ids[np.minimum(places, len(ids) - 1)] == merged)
    drawn = ids.copy()
    drawn[places[there]] = np.fromiter(stable.values(), dtype=np.uint32, count=len(stable))[there]
    return drawn


def expected(count: int, *, percent: int) -> float:
    """How many of `count` customers are held out on average."""
    return count * percent / 100


def lots(ids: npt.NDArray[np.unsignedinteger], *, salt: UUID) -> Words:
    """SipHash-2-4 of each id, written as eight bytes, little end first, keyed by the salt's sixteen bytes."""
    blocks = np.array_split(ids.astype(np.uint64), len(ids) // BLOCK + 1)
    return np.concatenate([_lots(block, salt) for block in blocks])


def _lots(message: Words, salt: UUID) -> Words:
    k0, k1 = (int.from_bytes(half, "little") for half in (salt.bytes[:8], salt.bytes[8:]))
    start = (k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573)
    state = [np.full(len(message), word, np.uint64) for word in start]
    _absorb(state, message)
    _absorb(state, np.uint64(8 << 56))  # the length, as the last block
    state[2] ^= np.uint64(0xFF)
    _mix(state, rounds=4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _absorb(state: list[Words], block: Words | np.uint64) -> None:
    state[3] ^= block
    _mix(state, rounds=2)
    state[0] ^= block


def _mix(state: list[Words], *, rounds: int) -> None:
    v0, v1, v2, v3 = state
    for _ in range(rounds):
        v0 += v1
        v2 += v3
        v1 = _rotate(v1, 13) ^ v0
        v3 = _rotate(v3, 16) ^ v2
        v0 = _rotate(v0, 32)
        v2 += v1
        v0 += v3
        v1 = _rotate(v1, 17) ^ v2
        v3 = _rotate(v3, 21) ^ v0
        v2 = _rotate(v2, 32)
    state[:] = v0, v1, v2, v3


def _rotate(words: Words, bits: int) -> Words:
    return (words << np.uint64(bits)) | (words >> np.uint64(64 - bits))
