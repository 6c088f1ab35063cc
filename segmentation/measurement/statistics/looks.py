"""Looking at results each day without false alarms.

A campaign's customers are all there from the first day and what they do adds up, so one look's estimate hangs together
with the next one's in a way that depends on how steadily each customer buys. The usual boundaries for looking on the
way assume independent gains between looks; the bound by the sum of the parts (Bonferroni) assumes nothing. So the
chance of a false alarm is shared out among the planned looks, most of it to the last, which costs little there.
Shares of this kind: DeMets and Lan 1994, "Interim analysis: the alpha spending function approach".
"""

# Which part of the chance the last look has.
LAST = 0.8


def alpha_at(look: int, *, planned: int, alpha: float = 0.05) -> float:
    """The level of the look number `look` (from 1) of `planned`; over all looks they sum to `alpha`.

    >>> [round(alpha_at(look, planned=5), 4) for look in (1, 4, 5)]
    [0.0025, 0.0025, 0.04]

    Raises:
        ValueError: a look that was not planned.
    """
    if not 1 <= look <= planned:
        raise ValueError(f"Look {look} of {planned} was not planned.")
    if planned == 1:
        return alpha
    return alpha * LAST if look == planned else alpha * (1 - LAST) / (planned - 1)
