"""A tag in pictures: its values, their history, the RFM grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.selectors import named_sets
from segmentation.tags.models import TagValue
from segmentation.tags.selectors import ValueSize

SCORES = range(1, 6)
# For values without a colour of their own, one after the other.
COLOURS = ("blue", "teal", "orange", "purple", "green", "pink", "yellow", "cyan", "indigo", "lime", "red", "azure")


@dataclass(frozen=True)
class Slice:
    """A value's part of a tag's bar; `share` is that of all customers."""

    named_set: NamedSet
    size: int
    share: float
    colour: str


def value_bars(everybody: int) -> dict[str, list[Slice]]:
    """The values of each tag, by its key, as parts of a bar of all customers. Of a tag with several values a customer
    can be in several parts; then the bar is of all answers."""
    colours = {(tag, value): colour for tag, value, colour in TagValue.objects.values_list("tag__key", "key", "colour")}
    sized = [(one, one.current.size) for one in named_sets(NamedSet.Kind.TAG_VALUE) if one.current]
    return {
        key: _slices([(one, size) for one, size in found if size], everybody, colours)
        for key, found in groupby(sized, key=lambda pair: pair[0].key)
    }


def _slices(sized: list[tuple[NamedSet, int]], everybody: int, colours: Mapping[tuple[str, str], str]) -> list[Slice]:
    whole = max(everybody, sum(size for _one, size in sized)) or 1
    return [
        Slice(one, size, size / whole, css_colour(colours.get((one.key, one.value), ""), place))
        for place, (one, size) in enumerate(sized)
    ]


def css_colour(own: str, place: int) -> str:
    """A value's colour for a style attribute: its own, or the next of the palette."""
    return own if own.startswith("#") else f"var(--tblr-{own or COLOURS[place % len(COLOURS)]})"


def value_chart(sizes: Sequence[ValueSize], urls: Sequence[str]) -> dict[str, Any]:
    """The data of a chart of kind "bar-horizontal": the customers of each value."""
    return {
        "x": [row.value.name for row in sizes],
        "series": [{"name": _("Customers"), "data": [row.size for row in sizes]}],
        "links": list(urls),
    }


def history_chart(sizes: Sequence[ValueSize], history: Mapping[str, Sequence[SetVersion]]) -> dict[str, Any] | None:
    """The data of a stacked chart of kind "line": the values' sizes after each run; None for fewer than two runs."""
    days = sorted({version.as_of for versions in history.values() for version in versions})
    if len(days) < 2:
        return None
    series = []
    for row in sizes:
        at = {version.as_of: version.size for version in history.get(row.value.key, ())}
        series.append({"name": row.value.name, "data": [at.get(day, 0) for day in days], "colour": row.value.colour})
    labels = [date_format(timezone.localtime(day), "SHORT_DATE_FORMAT") for day in days]
    return {"x": labels, "series": [_without_empty(one) for one in series], "stacked": True}


def rfm_chart(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The data of a chart of kind "heatmap": customers by recency and frequency; None before the first run."""
    grid = result.get("grid")
    if not grid:
        return None
    cells = [[cell["f"] - 1, cell["r"] - 1, cell["customers"]] for cell in grid]
    return {
        "x": [str(score) for score in SCORES],
        "y": [str(score) for score in SCORES],
        "x_name": _("Frequency"),
        "y_name": _("Recency"),
        "cells": cells,
    }


def _without_empty(series: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in series.items() if value != ""}
