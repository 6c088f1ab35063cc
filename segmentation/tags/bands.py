"""Numbers cut into bands: where the cuts are, who is in which band, and how a band is written."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.catalog import Labels
from segmentation.tags.wording import COUNTED, amount, with_unit


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
    """A band as people write it.

    >>> band_in_words(50, 200, "currency").zh, band_in_words(200, None, "currency").zh, band_in_words(2, 5, "orders").zh
    ('50–200 元', '≥ 200 元', '2–4 单')
    """
    span = _span(low, high, unit)
    return Labels(*(with_unit(span, unit, language) for language in ("zh", "en")))


def _span(low: float | None, high: float | None, unit: str) -> str:
    if unit in COUNTED and high is not None and float(low or 0).is_integer() and float(high).is_integer():
        # There is nothing between 4 and 5 orders: 2 up to 5 is 2 to 4.
        first, last = (amount(count, unit, "en", bare=True) for count in (low or 0, high - 1))
        return first if first == last else f"{first}–{last}"
    begin, end = ("" if cut is None else amount(cut, unit, "en", bare=True) for cut in (low, high))
    return f"≥ {begin}" if high is None else f"< {end}" if low is None else f"{begin}–{end}"
