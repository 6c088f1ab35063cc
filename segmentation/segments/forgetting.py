"""Takes customers out of what clusterings tell of single ones: typical customers, points of maps, who waits to move.

The models themselves keep no customer by number: centres, normal distributions and prototypes are rows of standardised
figures, made anew with the next run.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from pyroaring import BitMap

from segmentation.runs.models import Run
from segmentation.segments.staying import packed, unpacked
from segmentation.tags.models import TagValue
from segmentation.tags.trials import TRY

# The runs that tell of single customers: computing a tag, and trying one.
RUNS = ("tags.compute", TRY)


@transaction.atomic
def forget(ids: Collection[int]) -> int:
    """How many values and runs were changed. The figures of groups stay: they are of many."""
    gone, changed = set(ids), 0
    for value in TagValue.objects.filter(detail__has_key="exemplars").only("pk", "detail"):
        kept = [pk for pk in value.detail["exemplars"] if pk not in gone]
        if kept != value.detail["exemplars"]:
            TagValue.objects.filter(pk=value.pk).update(detail={**value.detail, "exemplars": kept})
            changed += 1
    for run in Run.objects.filter(kind__in=RUNS, result__has_key="map").only("pk", "result").iterator(20):
        result = _without(run.result, gone)
        if result != run.result:
            Run.objects.filter(pk=run.pk).update(result=result)
            changed += 1
    return changed


def _without(result: dict[str, Any], gone: set[int]) -> dict[str, Any]:
    told = dict(result)
    told["map"] = {**told["map"], "points": [point for point in told["map"]["points"] if point[3] not in gone]}
    if "values" in told:  # of a trial
        told["values"] = [_value(one, gone) for one in told["values"]]
    if waiting := told.get("waiting"):
        sets = {key: BitMap(members) - BitMap(gone) for key, members in unpacked(waiting).items()}
        told["waiting"] = {key: text for key, text in packed(sets).items() if sets[key]}
    return told


def _value(one: dict[str, Any], gone: set[int]) -> dict[str, Any]:
    if "exemplars" not in one:
        return one
    return {**one, "exemplars": [pk for pk in one["exemplars"] if pk not in gone]}
