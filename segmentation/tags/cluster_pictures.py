"""A clustering in pictures: the map, the heat map, the groups, and why there are so many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from segmentation.sets.models import NamedSet
from segmentation.sets.selectors import names_of
from segmentation.tags.cluster_words import rule_lines
from segmentation.tags.models import in_language
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
# From these values on a clustering is called good, or fair; below it is weak. Silhouettes: Kaufman & Rousseeuw 1990,
# table 2.4 (above .50 "a reasonable structure", above .25 "weak and could be artificial", else none). Groups found
# again (Jaccard): Hennig 2007 (.85 "highly stable", below .6 not to be trusted).
GOOD = {"silhouette": (0.5, 0.25), "stability": (0.8, 0.6), "fidelity": (0.9, 0.8), "found_again": (0.85, 0.6)}


@dataclass(frozen=True)
class Difference:
    """A feature in which a group is unlike everybody: both medians in words, and which is the higher."""

    label: str
    median: str
    overall: str
    higher: bool


@dataclass(frozen=True)
class Face:
    """A group as people see it, published (with its set) or on trial. `detail` is what its run said of it."""

    key: str
    name: str
    name_zh: str
    name_en: str
    colour: str
    size: int
    share: float
    detail: Mapping[str, Any] = field(repr=False)
    named_set: NamedSet | None = None
    # Customers in its middle, the nearest first: number and name. Who has no name is left out.
    typical: Sequence[tuple[int, str]] = ()

    @property
    def differences(self) -> list[Difference]:
        # Runs of before kept means, which need not lie where the arrow points; they are not shown.
        return [_difference(one) for one in self.detail.get("differences", []) if "median" in one]

    @property
    def noise(self) -> bool:
        return bool(self.detail.get("noise"))

    @property
    def found_again(self) -> str:
        """How surely the group comes back, in words; empty for outliers and for groups of older runs."""
        share = self.detail.get("found_again")
        return "" if share is None or self.noise else verdict("found_again", share)

    @property
    def rule(self) -> Mapping[str, Any] | None:
        """The group as questions in words, with how many of those it names are right, and how many it names."""
        rule = self.detail.get("rule")
        return {**rule, "lines": rule_lines(rule["any"])} if rule and rule["any"] else None


def faces(sizes: Sequence[ValueSize]) -> list[Face]:
    """The groups of a published clustering, in their order."""
    names = _names(one.value.detail for one in sizes)
    return [
        Face(
            key=one.value.key,
            name=one.value.name,
            name_zh=one.value.name_zh,
            name_en=one.value.name_en,
            colour=one.value.colour or "blue",
            size=one.size,
            share=one.share,
            detail=one.value.detail,
            named_set=one.named_set,
            typical=_typical(one.value.detail, names),
        )
        for one in sizes
    ]


def tried_faces(result: Mapping[str, Any]) -> list[Face]:
    """The groups that a trial found."""
    found = result.get("values", [])
    names = _names(found)
    return [
        Face(
            key=one["key"],
            name=in_language(one["zh"], one["en"]),
            name_zh=one["zh"],
            name_en=one["en"],
            colour=one["colour"] or "blue",
            size=one["size"],
            share=one["share"],
            detail=one,
            typical=_typical(one, names),
        )
        for one in found
    ]


def pictured(result: Mapping[str, Any], shown: Sequence[Face]) -> dict[str, Any]:
    """All that the pages of a clustering draw, ready for the template."""
    return {
        "result": result,
        "groups": shown,
        "map_chart": map_chart(result, shown),
        "heat_chart": heat_chart(result, shown),
        "weeks_chart": weeks_chart(result, shown),
        "measures": MEASURES.values(),
        "choice": choice_rows(result),
        "candidates": candidates(result),
        "silhouette_verdict": verdict("silhouette", result.get("silhouette")),
        "stability_verdict": verdict("stability", result.get("stability")),
        "fidelity_verdict": verdict("fidelity", result.get("fidelity")),
    }


def map_chart(result: Mapping[str, Any], shown: Sequence[Face]) -> dict[str, Any] | None:
    """The data of a chart of kind "scatter"; every point is a customer."""
    if "map" not in result:
        return None
    points: dict[int, list[list[Any]]] = {}
    for x, y, group, customer in result["map"]["points"]:
        # Without a label a point bears its group's name: a number says nothing, and names are for who may see them.
        points.setdefault(group, []).append([x, y, None, reverse("customers:detail", args=[customer])])
    faces_by_key = {face.key: face for face in shown}
    places = [*enumerate(one["key"] for one in result["clusters"]), *((-1, face.key) for face in shown if face.noise)]
    series = [
        {"name": faces_by_key[key].name, "colour": faces_by_key[key].colour, "points": points.get(place, [])}
        for place, key in places
        if key in faces_by_key
    ]
    return {"series": series, "bare": True}


def heat_chart(result: Mapping[str, Any], shown: Sequence[Face]) -> dict[str, Any] | None:
    """The data of a chart of kind "heatmap": groups by features, in standard deviations from everybody."""
    if "heat_map" not in result:
        return None
    heat, names = result["heat_map"], {face.key: face.name for face in shown}
    medians = heat.get("medians") or heat["means"]  # as runs of before kept them
    # The chart draws from the bottom up; people read from the top.
    rows = list(reversed([(place, one["key"]) for place, one in enumerate(result["clusters"]) if one["key"] in names]))
    cells = [
        [x, y, heat["z"][place][x], None, _brief(medians[place][x], catalog.feature(key).unit)]
        for y, (place, _key) in enumerate(rows)
        for x, key in enumerate(heat["features"])
    ]
    return {
        "x": [label_of(catalog.feature(key)) for key in heat["features"]],
        "y": [names[key] for _place, key in rows],
        "cells": cells,
        "diverging": True,
    }


def weeks_chart(result: Mapping[str, Any], shown: Sequence[Face]) -> dict[str, Any] | None:
    """The data of a chart of kind "line": what each group spent on average, week by week up to the base date."""
    if "weeks" not in result:
        return None
    by_key = {face.key: face for face in shown}
    drawn = [(by_key[one["key"]], spent) for one, spent in zip(result["clusters"], result["weeks"], strict=True)
             if one["key"] in by_key]  # fmt: skip
    weeks = len(result["weeks"][0])
    return {
        "x": [str(week - weeks + 1) for week in range(weeks)],
        "series": [{"name": face.name, "colour": face.colour, "data": spent} for face, spent in drawn],
        "format": "money",
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


def candidates(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The numbers of groups that a measure would choose, at most three: whose favourite, and how large the groups."""
    choice = result.get("choice") or {}
    tried = {one["k"]: one for one in choice.get("candidates", [])}
    found = []
    for k in sorted(set(choice.get("votes", {}).values())):
        sizes = sorted(tried[k].get("sizes", ()), reverse=True)
        found.append(
            {
                "k": k,
                "chosen": k == result["k"],
                "by": [MEASURES[name][0] for name, vote in choice["votes"].items() if vote == k],
                "silhouette": tried[k]["silhouette"],
                "shares": [size / sum(sizes) for size in sizes],
            }
        )
    return found


def verdict(measure: str, value: float | None) -> str:
    """Good, fair or weak, in words."""
    if value is None:
        return ""
    good, fair = GOOD[measure]
    return _("good") if value >= good else _("fair") if value >= fair else _("weak")


def _brief(value: float | None, unit: str) -> str:
    """A median in a cell: no unit, and no more digits than tell something."""
    if value is None:
        return "–"
    if unit == SHARE:
        return f"{round(100 * value)}%"
    places = 0 if abs(value) >= 100 else 1
    # Rounded first: number_format cuts off.
    return number_format(round(value, places), places, force_grouping=True)


def _names(details: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    return names_of([pk for detail in details for pk in detail.get("exemplars", ())])


def _typical(detail: Mapping[str, Any], names: Mapping[int, str]) -> list[tuple[int, str]]:
    return [(pk, names[pk]) for pk in detail.get("exemplars", ()) if pk in names]


def _difference(one: Mapping[str, Any]) -> Difference:
    about = catalog.feature(one["feature"])
    median, overall = (in_words(one[part], about.unit) for part in ("median", "overall"))
    return Difference(label_of(about), median, overall, one["median"] > one["overall"])
