"""Sample-ratio check: are the two groups as large as the plan says? If not, no figure of the campaign can be trusted.

Fabijan et al. 2019, "Diagnosing sample ratio mismatch in online controlled experiments", KDD.
"""

from dataclasses import dataclass

from scipy import stats

# Of sound campaigns one in a thousand is flagged for nothing.
ALARM = 0.001


@dataclass(frozen=True)
class RatioCheck:
    """How many were to be held out, and how likely chance alone strays as far as it did."""

    expected: float
    found: int
    p_value: float

    @property
    def is_sound(self) -> bool:
        return self.p_value >= ALARM


def check_ratio(*, treated: int, held_out: int, planned: float) -> RatioCheck:
    """`planned` is the share to be held out, between 0 and 1.

    >>> check_ratio(treated=600, held_out=400, planned=0.5).is_sound
    False
    """
    total = treated + held_out
    if not total or not 0 < planned < 1:
        return RatioCheck(total * planned, held_out, 1.0)
    return RatioCheck(total * planned, held_out, float(stats.binomtest(held_out, total, planned).pvalue))
