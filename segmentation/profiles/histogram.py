"""Values in bars that one can read: round borders, the long tail in the last bar."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MOST_BARS = 20
# Numbers above this quantile share the last bar.
TAIL = 0.98


@dataclass(frozen=True)
class Bar:
    """`count` customers from `low` to below `high`; no `high` means: and above. Texts have `label` alone."""

    count: int
    label: str = ""
    low: float | None = None
    high: float | None = None


def bars(values: Sequence[float | str]) -> list[Bar]:
    """Numbers in bars of equal width, texts by frequency.

    >>> [(bar.low, bar.high, bar.count) for bar in bars([1.0, 2.0, 2.0, 3.0])]
    [(1.0, 2.0, 1), (2.0, 3.0, 2), (3.0, None, 1)]
    """
    texts = Counter(value for value in values if isinstance(value, str))
    if texts:
        return [Bar(count, label) for label, count in texts.most_common(MOST_BARS)]
    return _of_numbers(sorted(value for value in values if not isinstance(value, str)))


def _of_numbers(ordered: Sequence[float]) -> list[Bar]:
    if not ordered:
        return []
    tail = ordered[math.ceil(len(ordered) * TAIL) - 1]
    width = _round_width((tail - ordered[0]) / (MOST_BARS - 1))
    first = math.floor(ordered[0] / width)
    last = max(first, math.floor(tail / width))
    counts = Counter(min(math.floor(value / width), last) for value in ordered)
    steps = range(first, last + 1)
    borders = [round(n * width, 9) for n in range(first, last + 2)]
    highs = [*borders[1:-1], None]
    return [Bar(counts[n], low=low, high=high) for n, low, high in zip(steps, borders, highs, strict=False)]


def _round_width(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … (or tenths of them) that is not below `least`."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= least)
