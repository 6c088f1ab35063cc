"""Results in words and marks: differences with their units, a verdict in one sentence, an interval as a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

MINUS = "−"


@dataclass(frozen=True)
class Row:
    """One metric's figures, ready to show; `line` has the ends of the interval and of the estimate, 0 to 100."""

    name: str
    description: str
    treated: str
    held_out: str
    difference: str
    interval: str
    relative: str
    total: str
    is_clear: bool
    is_good: bool
    # Whether the difference allows for earlier behaviour, and so is not that of the two means.
    is_adjusted: bool
    line: Mapping[str, float]


def row(name: str, description: str, format: str, lift: Mapping[str, Any]) -> Row:
    """`lift`: see `outcomes.look`."""
    return Row(
        name=name,
        description=description,
        treated=value(lift["treated"], format),
        held_out=value(lift["held_out"], format),
        difference=difference(lift["difference"], format),
        interval=interval(lift, format),
        relative="" if lift["relative"] is None else signed(lift["relative"] * 100, 1) + " %",
        total=total(lift["total"], format),
        is_clear=lift["is_clear"],
        is_good=lift["is_clear"] and lift["difference"] > 0,
        is_adjusted=lift["explained"] > 0,
        line=_line(lift),
    )


def value(mean: float, format: str) -> str:
    if format == "share":
        return number_format(round(mean * 100, 2), 2) + " %"
    return (settings.CURRENCY if format == "amount" else "") + number_format(round(mean, 2), 2, force_grouping=True)


def difference(gain: float, format: str) -> str:
    """With its sign; of shares in percentage points."""
    if format == "share":
        return _("%(points)s points") % {"points": signed(gain * 100, 2)}
    return signed(gain, 2, settings.CURRENCY if format == "amount" else "")


def interval(lift: Mapping[str, Any], format: str) -> str:
    low, high = difference(lift["low"], format), difference(lift["high"], format)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def total(gain: float, format: str) -> str:
    """Over all treated customers; customers for shares, money for amounts."""
    return signed(gain, 0, settings.CURRENCY if format == "amount" else "")


def signed(number: float, places: int, unit: str = "") -> str:
    shown = number_format(round(abs(number), places), places, force_grouping=True)
    return f"{MINUS if round(number, places) < 0 else '+'}{unit}{shown}"


def verdict(lift: Mapping[str, Any] | None, *, is_sound: bool, is_final: bool) -> tuple[str, str]:
    """The headline and its tone: "green", "red", "yellow" or "secondary"."""
    if not is_sound:
        return _("These figures cannot be trusted: the groups are not as large as planned."), "red"
    if lift is None:
        return _("There are too few customers to compare."), "secondary"
    if lift["low"] > 0:
        return _("It worked."), "green"
    if lift["high"] < 0:
        return _("It did harm."), "red"
    if is_final:
        return _("No effect was found."), "yellow"
    return _("No clear effect yet."), "secondary"


def _line(lift: Mapping[str, Any]) -> dict[str, float]:
    """Zero is at 50, and the farther end of the interval at 4 or 96."""
    most = max(abs(lift["low"]), abs(lift["high"]), abs(lift["difference"])) or 1.0
    return {end: round(50 + 46 * lift[end] / most, 2) for end in ("low", "high", "difference")}
