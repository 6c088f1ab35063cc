"""Customers of a tag's value by where they have it from.

A value's set knows the origin that is usual of its tag. Those who have the value from elsewhere are a set of their own,
named "from:<origin>", and published with it; so nothing is stored twice where there is one origin only.
"""

from collections.abc import Callable

from pyroaring import BitMap

from segmentation.rules.origins import ORIGINS
from segmentation.sets.models import NamedSet

PREFIX = "from:"
KINDS = tuple(PREFIX + origin for origin in ORIGINS)
TAG = NamedSet.Kind.TAG_VALUE.value


def of_origin(key: str, value: str, origin: str, read: Callable[[str, str, str], BitMap]) -> BitMap:
    """Who has the value from there; `read` gives the members of a set by kind, key and value."""
    members, apart = read(TAG, key, value), aside(key, value)
    if origin in apart:
        return members & read(PREFIX + origin, key, value)
    if usual(key, value) != origin:
        return BitMap()
    return members - BitMap.union(BitMap(), *(read(PREFIX + one, key, value) for one in apart))


def aside(key: str, value: str) -> list[str]:
    """The origins besides the usual one that were ever seen of this value."""
    kinds = NamedSet.objects.filter(kind__in=KINDS, key=key, value=value, current__isnull=False).order_by("kind")
    return [kind.removeprefix(PREFIX) for kind in kinds.values_list("kind", flat=True)]


def usual(key: str, value: str) -> str:
    """The origin of whoever is in no set of another."""
    found = NamedSet.objects.filter(kind=TAG, key=key, value=value).values_list("origin", flat=True).first()
    return found or ""
