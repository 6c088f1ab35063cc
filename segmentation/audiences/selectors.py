"""Audiences to show, with their frozen versions and the sets of each step."""

from django.db.models import QuerySet

from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.sets.models import SetVersion

BITMAPS = ("members", "entered", "left")


def audience_list() -> QuerySet[Audience]:
    """All audiences, newest first, with the size of what was frozen last."""
    return _with_sizes(Audience.objects.select_related("owner"), "frozen_version__")


def audience_by_key(key: str) -> Audience:
    """One audience; raises Audience.DoesNotExist."""
    return audience_list().get(key=key)


def versions_of(audience: Audience) -> QuerySet[AudienceVersion]:
    """What was frozen, newest first."""
    return _with_sizes(audience.versions.select_related("run"), "")


def step_set(version: AudienceVersion, step: str) -> SetVersion:
    """The customers of one step of the waterfall as they were frozen; raises SetVersion.DoesNotExist."""
    if step == "reached":
        return version.reached
    if step == "holdout":
        return version.holdout
    return version.run.set_versions.defer(*BITMAPS).get(named_set__key=version.audience.key, named_set__value=step)


def _with_sizes(rows: QuerySet, to_version: str) -> QuerySet:
    sets = [f"{to_version}reached", f"{to_version}holdout"]
    return rows.select_related(*sets).defer(*(f"{one}__{field}" for one in sets for field in BITMAPS))
