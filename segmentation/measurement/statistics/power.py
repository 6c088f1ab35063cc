"""What a campaign of this size can find at all; asked before it is launched."""

import math
from statistics import NormalDist

ROUNDS = 50


def smallest_effect(
    *, treated: int, held_out: int, share: float, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """The smallest true rise of a share of customers that is found with this power; None with an empty group.

    Found by the interval that results are told with (Newcombe's, see `lift`), which is wider than the plain one where
    buyers are rare or few are held out: the rise is its half below, and what chance takes away at this power.

    >>> round(smallest_effect(treated=5000, held_out=5000, share=0.5), 4)
    0.028
    >>> round(smallest_effect(treated=1800, held_out=500, share=0.1), 4)
    0.0466
    """
    if not treated or not held_out:
        return None
    normal = NormalDist()
    z, unlucky = normal.inv_cdf(1 - alpha / 2), normal.inv_cdf(power)
    above = _reach(share, held_out, z)[1]
    rise = 1 / treated
    for _ in range(ROUNDS):
        risen = min(share + rise, 1.0)
        chance = math.sqrt(risen * (1 - risen) / treated + share * (1 - share) / held_out)
        rise = math.hypot(_reach(risen, treated, z)[0], above) + unlucky * chance
    return rise


def _reach(share: float, customers: int, z: float) -> tuple[float, float]:
    """How far Wilson's interval goes below the share and above it."""
    centre = (share + z * z / (2 * customers)) / (1 + z * z / customers)
    half = z * math.sqrt(share * (1 - share) / customers + (z / (2 * customers)) ** 2) / (1 + z * z / customers)
    return share - (centre - half), centre + half - share
