"""A few customers of a set, drawn at random and yet always the same."""

import random

from pyroaring import AbstractBitMap


def sample(members: AbstractBitMap, n: int, seed: int = 0) -> list[int]:
    """At most `n` members in ascending order; the same set and seed give the same ones.

    >>> from pyroaring import BitMap
    >>> sample(BitMap(range(0, 1000, 2)), 3, seed=7)
    [96, 164, 404]
    """
    places = random.Random(seed).sample(range(len(members)), min(n, len(members)))  # noqa: S311 (no secret)
    return [members[place] for place in sorted(places)]
