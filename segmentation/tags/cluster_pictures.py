"""A clustering in pictures: the map, the heat map, the groups, and why there are so many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.profiles import catalog
from segmentation.profiles.features.base import SHARE
from segmentation.profiles.selectors import label_of
from segmentation.profiles.units import in_words
from segmentation.tags.selectors import ValueSize

# Each measure of a number of groups: its name, and what it says.
MEASURES: dict[str, tuple[Promise | str, Promise]] = {
    "silhouette": (
        gettext_lazy("Silhouette"),
        gettext_lazy("How much nearer customers are to their own group than to the next; higher is better."),
    ),
    "calinski_harabasz": (
        "Calinski–Harabasz",
        gettext_lazy("How far apart the groups are for how wide they are; higher is better."),
    ),
    "bic": (
        "BIC",
        gettext_lazy("How well the groups explain the customers, each further group at a price; lower is better."),
    ),
}
# From these values on a clustering is called good, or fair. The silhouettes of real customers are never near 1.
GOOD = {"silhouette": (0.25, 0.1), "stability": (0.8, 0.6)}


@dataclass(frozen=True)
class Difference:
    """A feature in which a group is unlike everybody."""

    label: str
    mean: str
    overall: str
    higher: bool


@dataclass(frozen=True)
class Group:
    """A group's card."""

    size: ValueSize
    compactness: float | None
    differences: list[Difference]
    typical: list[int]


def groups(sizes: Sequence[ValueSize]) -> list[Group]:
    """The cards of the groups, in their order."""
    return [_group(size, size.value.detail) for size in sizes]


def map_chart(result: Mapping[str, Any], sizes: Sequence[ValueSize]) -> dict[str, Any] | None:
    """The data of a chart of kind "scatter"; every point is a customer."""
    if "map" not in result:
        return None
    points: dict[int, list[list[Any]]] = {}
    for x, y, group, customer in result["map"]["points"]:
        points.setdefault(group, []).append([x, y, f"#{customer}", reverse("customers:detail", args=[customer])])
    names = {size.value.key: size.value for size in sizes}
    series = [
        {"name": names[one["key"]].name, "colour": names[one["key"]].colour or "blue", "points": points.get(place, [])}
        for place, one in enumerate(result["clusters"])
        if one["key"] in names
    ]
    return {"series": series, "bare": True}


def heat_chart(result: Mapping[str, Any], sizes: Sequence[ValueSize]) -> dict[str, Any] | None:
    """The data of a chart of kind "heatmap": groups by features, in standard deviations from everybody."""
    if "heat_map" not in result:
        return None
    heat, names = result["heat_map"], {size.value.key: size.value.name for size in sizes}
    # The chart draws from the bottom up; people read from the top.
    rows = list(reversed([(place, one["key"]) for place, one in enumerate(result["clusters"]) if one["key"] in names]))
    cells = [
        [x, y, heat["z"][place][x], None, _brief(heat["means"][place][x], catalog.feature(key).unit)]
        for y, (place, _key) in enumerate(rows)
        for x, key in enumerate(heat["features"])
    ]
    return {
        "x": [label_of(catalog.feature(key)) for key in heat["features"]],
        "y": [names[key] for _place, key in rows],
        "cells": cells,
        "diverging": True,
    }


def choice_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The numbers of groups that were tried, with each measure and whether it is its favourite."""
    choice = result.get("choice") or {}
    votes = choice.get("votes", {})
    return [
        {
            "k": one["k"],
            "chosen": one["k"] == result["k"],
            "figures": [(number_format(one[name], 2), votes.get(name) == one["k"]) for name in MEASURES],
        }
        for one in choice.get("candidates", [])
    ]


def verdict(measure: str, value: float | None) -> str:
    """Good, fair or weak, in words."""
    if value is None:
        return ""
    good, fair = GOOD[measure]
    return _("good") if value >= good else _("fair") if value >= fair else _("weak")


def _brief(value: float | None, unit: str) -> str:
    """A mean in a cell: no unit, and no more digits than tell something."""
    if value is None:
        return "–"
    if unit == SHARE:
        return f"{number_format(100 * value, 0)}%"
    return number_format(value, 0 if abs(value) >= 100 else 1, force_grouping=True)


def _group(size: ValueSize, detail: Mapping[str, Any]) -> Group:
    differences = [_difference(one) for one in detail.get("differences", [])]
    return Group(size, detail.get("silhouette"), differences, detail.get("exemplars", []))


def _difference(one: Mapping[str, Any]) -> Difference:
    about = catalog.feature(one["feature"])
    mean, overall = (in_words(one[part], about.unit) for part in ("mean", "overall"))
    return Difference(label_of(about), mean, overall, one["z"] > 0)
