"""How much the shares of values have moved: the population stability index."""

from collections.abc import Mapping
from math import log

# A share of nobody, so that the logarithm exists.
LEAST = 1e-4
# The usual reading (Siddiqi, Credit Risk Scorecards, 2006): below 0.1 stable, above 0.25 another population.
WATCH, DRIFTED = 0.1, 0.25


def psi(before: Mapping[str, int], after: Mapping[str, int]) -> float | None:
    """The index of two counts by value: Σ (after − before) · ln(after / before) over shares; None when one is empty.

    >>> round(psi({"a": 50, "b": 50}, {"a": 90, "b": 10}), 2)
    0.88
    >>> psi({"a": 50, "b": 50}, {"a": 500, "b": 500})
    0.0
    """
    whole, now_whole = sum(before.values()), sum(after.values())
    if not whole or not now_whole:
        return None
    found = 0.0
    for value in before.keys() | after.keys():
        was, now = max(before.get(value, 0) / whole, LEAST), max(after.get(value, 0) / now_whole, LEAST)
        found += (now - was) * log(now / was)
    return found
