"""What a campaign of this size can find at all; asked before it is launched."""

import math
from statistics import NormalDist


def smallest_effect(
    *, treated: int, held_out: int, deviation: float, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """The smallest true difference of means that is found with this power; None with an empty group.

    `deviation` is the outcome's standard deviation; of a share p it is √(p·(1−p)). See Cohen 1988, chapter 2.

    >>> round(smallest_effect(treated=5000, held_out=5000, deviation=0.5), 4)
    0.028
    """
    if not treated or not held_out:
        return None
    error = deviation * math.sqrt(1 / treated + 1 / held_out)
    normal = NormalDist()
    return (normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)) * error
