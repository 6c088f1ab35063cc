"""The health of every live tag and segment: figures, what is wrong with it, and what to do about it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import mean
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from segmentation.dependencies import Name
from segmentation.health import drift, freshness, twins, usage
from segmentation.health.shares import moved
from segmentation.runs.models import Run
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.selectors import named_sets
from segmentation.tags.models import Tag

UNUSED_AFTER = timedelta(days=90)
# The newest runs whose cost counts.
COSTED = 5
KINDS = {"tag": NamedSet.Kind.TAG_VALUE, "segment": NamedSet.Kind.SEGMENT}


class Flag(TextChoices):
    """What can be wrong, each with its advice in `ADVICE`."""

    STALE = "stale", _("Out of date")
    EMPTY = "empty", _("Nobody in it")
    DRIFT = "drift", _("Shares have moved")
    DUPLICATE = "duplicate", _("Twice there")
    UNUSED = "unused", _("Unused")


ADVICE = {
    Flag.STALE: _("Its timetable promised a newer result. Look at its last run, or compute it now."),
    Flag.EMPTY: _("It was computed and found nobody. Look at its definition and at the data it needs."),
    Flag.DRIFT: _("The same definition divides customers otherwise than weeks ago. See who moved and why."),
    Flag.DUPLICATE: _("Another one holds the same customers. Merge: let rules name one of them and retire the other."),
    Flag.UNUSED: _("Nothing refers to it, and no audience or export has used it for 90 days. Retire it."),
}


@dataclass
class Asset:
    """A live tag or segment. `coverage` is the share of all customers in it or with a value, `idle` since when nothing
    has used it (None: it is in use), `seconds` what a run takes, `psi` how far the shares have moved."""

    kind: str
    row: Tag | Segment
    size: int | None
    coverage: float | None
    as_of: datetime | None
    psi: float | None
    idle: datetime | None
    seconds: float | None
    twins: list["Asset"] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def live_since(self) -> datetime | None:
        """When its definition went live."""
        version = self.row.live_version
        return (version.reviewed_at or version.created_at) if version else None

    @property
    def name(self) -> Name:
        return self.kind, self.row.key

    @property
    def advice(self) -> list[tuple[Flag, Any]]:
        return [(flag, ADVICE[flag]) for flag in self.flags]


def assets(now: datetime) -> list[Asset]:
    """All live tags and segments, those with most wrong first, then the dearest."""
    rows: list[tuple[str, Tag | Segment]] = [("tag", row) for row in _live(Tag)]
    rows += [("segment", row) for row in _live(Segment)]
    everybody = Customer.objects.filter(merged_into=None).count()
    sets = {kind: _by_key(kind) for kind in KINDS}
    known = _Known(now, everybody, moved(now, everybody), _costs(), usage.last_uses(now))
    found = {(kind, row.key): _asset(kind, row, sets[kind].get(row.key, []), known) for kind, row in rows}
    _name_twins(found, sets)
    for asset in found.values():
        asset.flags = list(_flags(asset, now))
    return sorted(found.values(), key=lambda asset: (-len(asset.flags), -(asset.seconds or 0)))


def _live(model: Any) -> Iterable[Any]:
    rows = model.objects.filter(status="live", live_version__isnull=False)
    return rows.select_related("live_version", "owner", "last_run").defer("last_run__result")


def _by_key(kind: str) -> dict[str, list[NamedSet]]:
    found: dict[str, list[NamedSet]] = defaultdict(list)
    for one in named_sets(KINDS[kind]):
        found[one.key].append(one)
    return found


@dataclass(frozen=True)
class _Known:
    """What was found out of all of them together, by kind and key."""

    now: datetime
    everybody: int
    psi: Mapping[Name, float]
    seconds: Mapping[Name, float]
    uses: Mapping[Name, datetime]


def _asset(kind: str, row: Any, sets: list[NamedSet], known: _Known) -> Asset:
    versions = [one.current for one in sets if one.current]
    size = len(_everybody_in(versions)) if versions else None
    used = known.uses.get((kind, row.key), row.live_version.reviewed_at or row.live_version.created_at)
    return Asset(
        kind=kind,
        row=row,
        size=size,
        coverage=size / known.everybody if size is not None and known.everybody else None,
        as_of=max((version.as_of for version in versions), default=None),
        psi=known.psi.get((kind, row.key)),
        idle=None if used >= known.now else used,
        seconds=known.seconds.get((kind, row.key)),
    )


def _everybody_in(versions: Iterable[SetVersion]) -> Any:
    """Everybody in one of them."""
    kept = [store.as_kept(version) for version in versions]
    return kept[0].union(*kept)


def _costs() -> dict[Name, float]:
    """Seconds of the newest successful runs, on average."""
    found: dict[Name, list[float]] = defaultdict(list)
    runs = Run.objects.filter(kind__in=[f"{kind}s.compute" for kind in KINDS], state=Run.State.SUCCEEDED)
    for kind, key, begun, ended in runs.order_by("-finished_at").values_list(
        "kind", "subject", "started_at", "finished_at"
    )[:5000]:
        costs = found[kind.removesuffix("s.compute"), key]
        if begun and ended and len(costs) < COSTED:
            costs.append((ended - begun).total_seconds())
    return {name: mean(costs) for name, costs in found.items() if costs}


def _name_twins(found: Mapping[Name, Asset], sets: Mapping[str, Mapping[str, list[NamedSet]]]) -> None:
    for kind in KINDS:
        members = {
            key: [store.as_kept(one.current) for one in several if one.current]
            for key, several in sets[kind].items()
            if (kind, key) in found
        }
        for first, second, _likeness in twins.twins(members):
            left, right = found[kind, first], found[kind, second]
            left.twins.append(right)
            right.twins.append(left)


def _flags(asset: Asset, now: datetime) -> Iterable[Flag]:
    if freshness.is_stale(asset.row, asset.as_of or asset.live_since, now, settings.TIME_ZONE):
        yield Flag.STALE
    if asset.size == 0:
        yield Flag.EMPTY
    if asset.psi is not None and asset.psi > drift.DRIFTED:
        yield Flag.DRIFT
    if asset.twins:
        yield Flag.DUPLICATE
    if asset.idle is not None and asset.idle + UNUSED_AFTER < now:
        yield Flag.UNUSED
