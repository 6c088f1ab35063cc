"""Sets of customers as bytes: Roaring bitmaps to read fast, Elias–Fano where few of many are kept for long.

A few thousand ids spread over a million take 16 bits each in Roaring's arrays; Elias–Fano takes 2 + log2(range / ids),
half of that for the hundredth of a set that comes and goes in a day, and one id is found without unpacking the others
(P. Elias, "Efficient storage and retrieval by content and address of static files", JACM 21, 1974). The first byte
tells them apart.
"""

import struct
from array import array

import numpy as np
from pyroaring import BitMap, FrozenBitMap

# Roaring's portable format begins with 0x3A or 0x3B.
ELIAS_FANO = 0xEF
# Format, bits of the low part of each id, how many ids.
HEAD = struct.Struct("<BBI")
# Below this many bytes there is nothing worth saving.
SMALL = 64


def dump(members: BitMap | FrozenBitMap) -> bytes:
    """The members as bytes, in Roaring's portable format."""
    compact = BitMap(members)
    compact.run_optimize()
    return compact.serialize()


def dump_small(members: BitMap) -> bytes:
    """The members as few bytes: for what is kept long and read seldom."""
    roaring = dump(members)
    if len(roaring) <= SMALL or len(roaring) * 8 <= 2 * len(members):  # Elias–Fano takes over two bits an id
        return roaring
    return min(roaring, _elias_fano(np.asarray(members.to_array(), dtype=np.uint32)), key=len)


def load(data: bytes | memoryview) -> BitMap:
    """The members from bytes, whichever way they were packed."""
    data = bytes(data)
    if data[:1] != bytes([ELIAS_FANO]):
        return BitMap.deserialize(data)
    bits, count, low, high = _parts(data)
    ids: np.ndarray = np.flatnonzero(high).astype(np.uint32) - np.arange(count, dtype=np.uint32)
    lows = np.unpackbits(np.frombuffer(low, np.uint8), count=count * bits, bitorder="little").reshape(count, bits)
    for bit in reversed(range(bits)):
        ids = ids << np.uint32(1) | lows[:, bit]
    return BitMap(array("I", ids.tobytes()))


def holds(data: bytes | memoryview, member: int) -> bool:
    """Whether this id is among the members; much faster than to load them all."""
    data = bytes(data)
    if data[:1] != bytes([ELIAS_FANO]):
        return member in BitMap.deserialize(data)
    bits, count, low, high = _parts(data)
    zeros, place = np.flatnonzero(high == 0), member >> bits
    first = int(zeros[place - 1]) - place + 1 if 0 < place <= len(zeros) else 0
    end = int(zeros[place]) - place if place < len(zeros) else count if place == len(zeros) else 0
    return any(_low(low, at, bits) == member & ((1 << bits) - 1) for at in range(first, end))


def _elias_fano(ids: np.ndarray) -> bytes:
    """The low bits of each id as they are; of the high parts, in order, how far each is from the one before: a one for
    each id, a zero for each step up.
    """
    count, last = len(ids), int(ids[-1])
    bits = ((last + 1) // count).bit_length() - 1
    high = np.zeros(count + (last >> bits), np.uint8)
    high[(ids >> np.uint32(bits)) + np.arange(count, dtype=np.uint32)] = 1
    low = (ids[:, None] >> np.arange(bits, dtype=np.uint32) & 1).astype(np.uint8)
    packed = (np.packbits(part, bitorder="little").tobytes() for part in (low, high))
    return HEAD.pack(ELIAS_FANO, bits, count) + b"".join(packed)


def _parts(data: bytes) -> tuple[int, int, bytes, np.ndarray]:
    """How many low bits, how many ids, their low bits in bytes, and the bits of the high parts, one each."""
    _format, bits, count = HEAD.unpack_from(data)
    end = HEAD.size + (count * bits + 7) // 8
    return (
        bits,
        count,
        data[HEAD.size : end],
        np.unpackbits(np.frombuffer(data, np.uint8, offset=end), bitorder="little"),
    )


def _low(low: bytes, at: int, bits: int) -> int:
    """The low bits of the id at this place."""
    start = at * bits
    part = int.from_bytes(low[start // 8 : (start + bits) // 8 + 1], "little")
    return (part >> start % 8) & ((1 << bits) - 1)
