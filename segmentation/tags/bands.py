"""Numbers cut into bands: where the cuts are, who is in which band, and how a band is written."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.catalog import Labels
from segmentation.tags.wording import amount, unit_word


def quantile_cuts(values: NDArray[Any], quantiles: Sequence[float], *, digits: int = 3) -> list[float]:
    """Cuts at these quantiles, rounded to be read. Where many have the same value two cuts may fall together.

    >>> quantile_cuts(np.arange(1, 11, dtype=float), [0.2, 0.8])
    [2.8, 8.2]
    """
    return [rounded(float(cut), digits) for cut in np.quantile(values, quantiles)]


def rounded(number: float, digits: int = 3) -> float:
    """The number with so many significant digits, but never rounded before the decimal point.

    >>> rounded(1234.567), rounded(0.123456), rounded(2.0)
    (1235.0, 0.123, 2.0)
    """
    if not number:
        return 0.0
    places = max(0, digits - 1 - int(np.floor(np.log10(abs(number)))))
    return round(number, places)


def band_of(values: NDArray[Any], cuts: Sequence[float]) -> NDArray[np.intp]:
    """The number of each value's band: a cut begins the band above it.

    >>> band_of(np.array([1.0, 2.0, 5.0]), [2, 5]).tolist()
    [0, 1, 2]
    """
    return np.searchsorted(np.asarray(cuts, dtype=float), values, side="right")


def band_in_words(low: float | None, high: float | None, unit: str) -> Labels:
    """ "50–200 元", "≥ 200 元", "< 50 元"."""
    written = []
    for language in ("zh", "en"):
        begin, end = (None if cut is None else amount(cut, unit, language, bare=True) for cut in (low, high))
        span = f"≥ {begin}" if end is None else f"< {end}" if begin is None else f"{begin}–{end}"
        written.append(f"{span} {unit_word(unit, language)}".strip())
    return Labels(*written)
