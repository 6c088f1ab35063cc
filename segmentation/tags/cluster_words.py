"""What a clustering's run says of itself, in words: rules, doubts, contests, changes since the run before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.errors import SegmentationError
from segmentation.profiles import catalog
from segmentation.profiles.selectors import label_of
from segmentation.sets.telling import rule_in_words
from segmentation.tags.studio_forms import BLOCKS

LIMITS: dict[str, Promise] = {
    "unstable": gettext_lazy("Unstable: when some customers are left out, the groups come out otherwise. Take fewer."),
    "overlapping": gettext_lazy("The groups overlap: customers near a border could as well be in the next one."),
    "hard_to_explain": gettext_lazy("Hard to explain: no short list of questions gives the same groups."),
    "many_outliers": gettext_lazy("Many customers are in no group."),
    "much_missing": gettext_lazy("A feature is missing for more than a fifth of the customers."),
}
LEFT_OUT: dict[str, Promise] = {
    "feature_missing": gettext_lazy("missing for everybody"),
    "feature_constant": gettext_lazy("the same for everybody"),
}


def rule_lines(ways: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each way into a group as a sentence."""
    return [rule_in_words({"version": 1, "rule": way}) for way in ways if way["all"]]


def warnings(result: Mapping[str, Any]) -> list[str]:
    """What to be careful with: limits of the groups, doubts about the features, features left out."""
    told = [str(LIMITS[code]) for code in result.get("card", {}).get("limits", []) if code in LIMITS]
    for doubt in result.get("doubts", []):
        names = _(" and ").join(_label(key) for key in doubt["features"])
        if doubt["what"] == "alike":
            told.append(
                _("%(features)s say nearly the same, so that it counts twice: leave one out.") % {"features": names}
            )
        else:
            told.append(
                _("%(features)s follows the order of the customers' numbers: leave it out.") % {"features": names}
            )
    for key, code in result.get("left_out", {}).items():
        told.append(_("%(feature)s was left out: %(why)s.") % {"feature": _label(key), "why": LEFT_OUT.get(code, code)})
    return told


def contest_rows(result: Mapping[str, Any], names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The algorithms that were tried, the winner first, each with its figures and a reason in words."""
    entries = result.get("contest") or []
    stable = max((one["stability"] for one in entries), default=0)
    dense = max((one["dbcv"] for one in entries), default=0)
    rows = []
    for one in entries:
        reasons = []
        if one["stability"] == stable:
            reasons.append(_("its groups come back most surely"))
        if one["dbcv"] == dense:
            reasons.append(_("there is most empty space between its groups"))
        rows.append({**one, "name": names.get(one["algorithm"], one["algorithm"]), "why": _(", ").join(reasons)})
    return rows


def events(result: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What became of the groups since the run before: split, merged, new and gone ones."""
    words = {
        "split": _("%(old)s came apart into %(new)s."),
        "merged": _("%(old)s came together in %(new)s."),
        "new": _("%(new)s is new."),
        "gone": _("%(old)s is gone."),
    }

    def named(keys: Sequence[str]) -> str:
        return _(" and ").join(names.get(key, key) for key in keys)

    lineage = result.get("movement", {}).get("lineage", [])
    told = [words[one["what"]] % {"old": named(one["from"]), "new": named(one["into"])} for one in lineage]
    for drift in result.get("drifted", []):
        key = drift["feature"].partition("=")[0].partition(":")[0]
        away = number_format(drift["away"], 2)
        told.append(
            _("%(feature)s has drifted by %(away)s standard deviations since the groups were found anew.")
            % {"feature": _label(key), "away": away}
        )
    return told


def migration_table(result: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any] | None:
    """Who went where: a row for each group of before, with the customers in each group of now."""
    moved = result.get("movement")
    if not moved:
        return None
    nobody = _("In no group")
    return {
        "heads": [names.get(key, key) or nobody for key in moved["to"]],
        "rows": [
            {
                "name": names.get(key, key) or nobody,
                "cells": [
                    {"count": count, "same": bool(key) and key == to}
                    for to, count in zip(moved["to"], counts, strict=True)
                ],
            }
            for key, counts in zip(moved["from"], moved["counts"], strict=True)
            if any(counts)
        ],
        "moved": moved["moved"],
        "share": moved["share"],
        "alarm": result.get("alarm", {}).get("alarm", False),
        "usual": result.get("alarm", {}).get("usual"),
        "held": result.get("held", 0),
    }


def _label(key: str) -> str:
    try:
        return label_of(catalog.feature(key))
    except (LookupError, SegmentationError):
        return str(BLOCKS.get(key, key))
