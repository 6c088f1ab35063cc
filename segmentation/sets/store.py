"""The customer sets: published all at once by a run, read through a cache, their past kept as differences."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from pyroaring import BitMap, FrozenBitMap

from segmentation.errors import SegmentationError
from segmentation.runs.models import Run
from segmentation.sets.models import LiveMember, NamedSet, SetVersion
from segmentation.sets.packing import dump, dump_small, load
from segmentation.webhooks.announcing import announce_versions

# Deserialised sets that one process keeps; one of a million customers is about 130 kB.
CACHED_SETS = 2048

Name = tuple[str, str, str]  # kind, key, value


class NotComputed(SegmentationError):
    """The set has no version yet."""

    code = "set_not_computed"


def named(
    kind: str,
    key: str,
    value: str = "",
    *,
    label_zh: str,
    label_en: str,
    value_label_zh: str = "",
    value_label_en: str = "",
    order: int = 0,
    origin: str = "",
) -> NamedSet:
    """The set of this name, made or given these labels."""
    named_set, _ = NamedSet.objects.update_or_create(
        kind=kind,
        key=key,
        value=value,
        defaults={
            "label_zh": label_zh,
            "label_en": label_en,
            "value_label_zh": value_label_zh,
            "value_label_en": value_label_en,
            "order": order,
            "origin": origin,
        },
    )
    return named_set


def publish(members: Mapping[NamedSet, BitMap], *, run: Run | None, as_of: datetime) -> list[SetVersion]:
    """A new version of each set, all in one transaction: readers see every old one or every new one.

    A version of an earlier base date than the newest takes its place among the dates; readers go on seeing the newest.
    """
    with transaction.atomic():
        locked = _locked(members)
        numbers, newest = _numbers(locked), _newest(locked)
        made = {one.pk: SetVersion(named_set=one, number=numbers[one.pk] + 1, run=run, as_of=as_of) for one in locked}
        later = [one for one in locked if one.pk not in newest or newest[one.pk].as_of <= as_of]
        for one in later:
            before = load(newest[one.pk].members or b"") if one.pk in newest else BitMap()
            _tell(made[one.pk], before, members[one], keep=True)
        for one in set(locked) - set(later):
            _put_between(made[one.pk], members[one])
        versions = SetVersion.objects.bulk_create(made.values())
        SetVersion.objects.filter(pk__in=[newest[one.pk].pk for one in later if one.pk in newest]).update(members=None)
        for one in later:
            one.current = made[one.pk]
        NamedSet.objects.bulk_update(later, ["current"])
        announce_versions(made[one.pk] for one in later if one.kind in NamedSet.Kind)
    return versions


def current(kind: str, key: str, value: str = "") -> BitMap:
    """The newest members; raises NotComputed before the first run. The caller may change what it gets."""
    return current_many([(kind, key, value)])[kind, key, value]


def current_many(names: Iterable[Name]) -> dict[Name, BitMap]:
    """The newest members of several sets as they stand at one moment."""
    wanted = list(dict.fromkeys(names))
    newest = _newest_versions(wanted)
    for name in wanted:
        if name not in newest:
            raise NotComputed(f"The set {'/'.join(filter(None, name))} has not been computed yet.")
    return {name: BitMap(_members(*newest[name])) for name in wanted}


def newest_date(kind: str, key: str) -> datetime | None:
    """The base date of what readers see of a tag, with all its values, or of a segment; None before its first run."""
    sets = NamedSet.objects.filter(kind=kind, key=key)
    newest: datetime | None = sets.aggregate(newest=Max("current__as_of"))["newest"]
    return newest


def at_date(kind: str, key: str, value: str, as_of: datetime) -> BitMap:
    """The members by the newest base date up to `as_of`; raises NotComputed when there is none."""
    versions = SetVersion.objects.filter(named_set__kind=kind, named_set__key=key, named_set__value=value)
    newest = versions.filter(as_of__lte=as_of).order_by("-as_of", "-number").values_list("pk", "created_at").first()
    if newest is None:
        raise NotComputed(f"The set {'/'.join(filter(None, (kind, key, value)))} was not computed for this date.")
    return BitMap(_members(*newest))


def holding(kind: str, customer_id: int) -> list[Name]:
    """Of which sets of a kind a customer is a member now, in no order: by the newest versions, and what came since."""
    rows = NamedSet.objects.filter(kind=kind, binned=False, current__isnull=False)
    newest = rows.values_list("pk", "key", "value", "current_id", "current__created_at")
    since = live_of([customer_id])
    return [
        (kind, key, value)
        for named, key, value, pk, made in newest
        if since.get((named, customer_id), customer_id in _members(pk, made))
    ]


def live_of(customer_ids: Iterable[int]) -> dict[tuple[int, int], bool]:
    """What was worked out of these customers since the newest versions, by set and customer."""
    rows = LiveMember.objects.filter(customer_id__in=list(customer_ids), as_of__gt=F("named_set__current__as_of"))
    return {(named, pk): inside for named, pk, inside in rows.values_list("named_set_id", "customer_id", "inside")}


def as_kept(version: SetVersion) -> FrozenBitMap:
    """The members as this version left them, not to be changed: nothing is copied, so many can be looked at fast."""
    return _members(version.pk, version.created_at)


def at_version(version: SetVersion) -> BitMap:
    """The members as this version left them."""
    return BitMap(_members(version.pk, version.created_at))


def history(named_set: NamedSet) -> QuerySet[SetVersion]:
    """All versions, oldest first, without their members."""
    return named_set.versions.defer("members", "entered", "left").select_related("run").order_by("as_of", "number")


def _locked(members: Iterable[NamedSet]) -> list[NamedSet]:
    keys = [named_set.pk for named_set in members]
    return list(NamedSet.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))


def _numbers(locked: list[NamedSet]) -> dict[int, int]:
    """The highest number that each set has given so far."""
    rows = SetVersion.objects.filter(named_set__in=locked).order_by().values("named_set").annotate(last=Max("number"))
    return {one.pk: 0 for one in locked} | dict(rows.values_list("named_set", "last"))


def _newest(locked: list[NamedSet]) -> dict[int, SetVersion]:
    keys = [named_set.current_id for named_set in locked if named_set.current_id]
    return {version.named_set_id: version for version in SetVersion.objects.filter(pk__in=keys)}


def _tell(version: SetVersion, before: BitMap, members: BitMap, *, keep: bool) -> None:
    """What the version changes against the one before it; `keep` also what it holds."""
    entered, left = members - before, before - members
    version.size, version.entered_count, version.left_count = len(members), len(entered), len(left)
    version.entered, version.left = dump_small(entered), dump_small(left)
    version.members = dump(members) if keep else None


def _put_between(version: SetVersion, members: BitMap) -> None:
    """Between the base dates around it: the later one is told anew, against this version."""
    others = SetVersion.objects.filter(named_set_id=version.named_set_id)
    earlier = others.filter(as_of__lte=version.as_of).order_by("-as_of", "-number").first()
    later = others.filter(as_of__gt=version.as_of).earliest("as_of", "number")
    after = at_version(later)
    _tell(version, at_version(earlier) if earlier else BitMap(), members, keep=False)
    _tell(later, members, after, keep=later.members is not None)
    later.save(update_fields=["size", "entered_count", "left_count", "entered", "left", "members"])


def _newest_versions(names: list[Name]) -> dict[Name, tuple[int, datetime]]:
    kinds, keys, values = ({name[part] for name in names} for part in range(3))
    rows = NamedSet.objects.filter(kind__in=kinds, key__in=keys, value__in=values, current__isnull=False).values_list(
        "kind", "key", "value", "current_id", "current__created_at"
    )
    return {(kind, key, value): (version_id, made) for kind, key, value, version_id, made in rows}


@lru_cache(maxsize=CACHED_SETS)
def _members(version_id: int, made: datetime) -> FrozenBitMap:
    """What a version holds. `made` tells it from one of the same id whose transaction was rolled back."""
    version = SetVersion.objects.get(pk=version_id, created_at=made)
    if version.members is not None:
        return FrozenBitMap(load(version.members))
    return FrozenBitMap(_undone(version))


def _undone(version: SetVersion) -> BitMap:
    """The members of an older version: those of the newest, with every later difference undone."""
    later = Q(as_of__gt=version.as_of) | Q(as_of=version.as_of, number__gt=version.number)
    versions = SetVersion.objects.filter(later, named_set_id=version.named_set_id).order_by("-as_of", "-number")
    members = BitMap()
    for newer in versions.iterator(chunk_size=100):
        if newer.members is not None:
            members = load(newer.members)
        members -= load(newer.entered)
        members |= load(newer.left)
    return members
