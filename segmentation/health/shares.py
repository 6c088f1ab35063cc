"""How far the shares of each tag and segment have moved in the last weeks."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from segmentation.dependencies import Name
from segmentation.health.drift import psi
from segmentation.sets.models import NamedSet, SetVersion

COMPARED = timedelta(days=35)
KINDS = {NamedSet.Kind.TAG_VALUE.value: "tag", NamedSet.Kind.SEGMENT.value: "segment"}

Sizes = dict[str, int]


def moved(now: datetime, everybody: int) -> dict[Name, float]:
    """The stability index between the newest base date and the oldest of the last weeks, by kind and key.

    Of a segment those in it are set against the others. Dates of another version of the definition are left out: what
    a person changed has not drifted.
    """
    rows = SetVersion.objects.filter(named_set__kind__in=KINDS, as_of__gt=now - COMPARED, as_of__lte=now)
    sizes: dict[Name, dict[datetime, Sizes]] = defaultdict(lambda: defaultdict(dict))
    made_by: dict[Name, dict[datetime, int | None]] = defaultdict(dict)
    for kind, key, value, as_of, size, version in rows.order_by("as_of", "number").values_list(
        "named_set__kind", "named_set__key", "named_set__value", "as_of", "size", "run__definition_version"
    ):
        sizes[KINDS[kind], key][as_of][value] = size
        made_by[KINDS[kind], key][as_of] = version
    found = {name: _index(name[0], dates, made_by[name], everybody) for name, dates in sizes.items()}
    return {name: index for name, index in found.items() if index is not None}


def _index(
    kind: str, dates: Mapping[datetime, Sizes], made_by: Mapping[datetime, int | None], everybody: int
) -> float | None:
    newest = max(dates)
    same = [day for day in sorted(dates) if made_by[day] == made_by[newest]]
    ends = [dates[same[0]], dates[newest]]
    if same[0] == newest:
        return None
    if kind == "segment":
        ends = [{"in": sizes[""], "out": max(everybody - sizes[""], 0)} for sizes in ends]
    return psi(*ends)
