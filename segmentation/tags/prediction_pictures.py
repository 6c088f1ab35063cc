"""A prediction's quality in pictures: lift and calibration by decile, and what changed from run to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from segmentation.profiles.features.base import SHARE
from segmentation.profiles.units import in_words
from segmentation.runs.models import Run
from segmentation.tags.drift import MUCH, SOME, stability_index


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers, by the score. `captured` is this tenth's and all better ones' part of what came."""

    number: int
    expected: str
    actual: str
    lift: float
    captured: float


def deciles(result: Mapping[str, Any]) -> list[Decile]:
    """Best tenth first; empty where the run could not judge itself."""
    rows = (result.get("judged") or {}).get("deciles", [])
    whole = sum(row["actual"] for row in rows)
    sums = accumulate(row["actual"] for row in rows)
    unit = result.get("unit", SHARE)
    return [
        Decile(
            place,
            in_words(row["expected"], unit),
            in_words(row["actual"], unit),
            row["actual"] * len(rows) / whole if whole else 0.0,
            so_far / whole if whole else 0.0,
        )
        for place, (row, so_far) in enumerate(zip(rows, sums, strict=True), 1)
    ]


def calibration_chart(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The data of a chart of kind "bar": promised beside seen, by decile."""
    rows = (result.get("judged") or {}).get("deciles", [])
    if not rows:
        return None
    return {
        "x": [str(place) for place in range(1, len(rows) + 1)],
        "series": [
            {"name": _("Promised"), "data": [row["expected"] for row in rows], "colour": "azure"},
            {"name": _("Seen"), "data": [row["actual"] for row in rows], "colour": "blue"},
        ],
        "format": "percent" if result.get("unit") == SHARE else "money",
    }


def quality_chart(runs: Sequence[Run]) -> dict[str, Any] | None:
    """The data of a chart of kind "line": how well each run ranked; None for fewer than two. `runs`: newest first."""
    judged = [(run, run.result["judged"]) for run in reversed(runs) if run.result.get("judged")]
    if len(judged) < 2:
        return None
    name, measure = (_("AUC"), "auc") if "auc" in judged[-1][1] else (_("Correlation"), "correlation")
    return {
        "x": [date_format(timezone.localtime(run.as_of), "SHORT_DATE_FORMAT") for run, _judged in judged],
        "series": [{"name": name, "data": [one.get(measure) for _run, one in judged]}],
        "legend": False,
    }


def drift(runs: Sequence[Run]) -> dict[str, Any] | None:
    """How far the newest run's scores lie from those of the run before, in a figure and in words."""
    spreads = [run.result["spread"] for run in runs if run.result.get("spread")][:2]
    if len(spreads) < 2:
        return None
    index = stability_index(spreads[1], spreads[0])
    said = _("much") if index > MUCH else _("a little") if index > SOME else _("hardly")
    return {"index": index, "said": said, "alarm": index > MUCH}
