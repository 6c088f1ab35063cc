"""A bounded memory of customer sets: what was asked of which state of the lake, least recently used goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from pyroaring import BitMap, FrozenBitMap

# What the smallest set takes, roughly.
BYTES_BESIDES = 500


class SetCache:
    """Sets by fingerprint. Two threads may compute the same set at once; both get it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._sets: OrderedDict[Hashable, FrozenBitMap] = OrderedDict()
        self._lock = Lock()

    def get(self, fingerprint: Hashable, compute: Callable[[], BitMap]) -> BitMap:
        """The set, computed if it is not there; the caller may change what it gets."""
        with self._lock:
            if fingerprint in self._sets:
                self._sets.move_to_end(fingerprint)
                return BitMap(self._sets[fingerprint])
        found = compute()
        self._keep(fingerprint, FrozenBitMap(found))
        return found

    def __contains__(self, fingerprint: Hashable) -> bool:
        return fingerprint in self._sets

    def __len__(self) -> int:
        return len(self._sets)

    def _keep(self, fingerprint: Hashable, members: FrozenBitMap) -> None:
        with self._lock:
            if fingerprint in self._sets:
                return
            self._sets[fingerprint] = members
            self._bytes += _bytes(members)
            while self._bytes > self._most_bytes and len(self._sets) > 1:
                _, dropped = self._sets.popitem(last=False)
                self._bytes -= _bytes(dropped)


def _bytes(members: FrozenBitMap) -> int:
    found = members.get_statistics()
    containers = (
        found["n_bytes_array_containers"] + found["n_bytes_run_containers"] + found["n_bytes_bitset_containers"]
    )
    return containers + BYTES_BESIDES
