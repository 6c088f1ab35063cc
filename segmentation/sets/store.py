"""The customer sets: published all at once by a run, read through a cache, their past kept as differences."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet
from pyroaring import BitMap, FrozenBitMap

from segmentation.errors import SegmentationError
from segmentation.runs.models import Run
from segmentation.sets.models import NamedSet, SetVersion

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
        },
    )
    return named_set


def publish(members: Mapping[NamedSet, BitMap], *, run: Run | None, as_of: datetime) -> list[SetVersion]:
    """A new version of each set, all in one transaction: readers see every old one or every new one."""
    with transaction.atomic():
        locked = _locked(members)
        previous = _previous(locked)
        versions = SetVersion.objects.bulk_create(
            [
                _next_version(named_set, members[named_set], previous.get(named_set.pk), run, as_of)
                for named_set in locked
            ]
        )
        SetVersion.objects.filter(pk__in=[version.pk for version in previous.values()]).update(members=None)
        for named_set, version in zip(locked, versions, strict=True):
            named_set.current = version
        NamedSet.objects.bulk_update(locked, ["current"])
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


def holding(kind: str, customer_id: int) -> list[Name]:
    """Of which sets of a kind a customer is a member now, in no order. Nothing but the sets' names is read anew."""
    rows = NamedSet.objects.filter(kind=kind, binned=False, current__isnull=False)
    newest = rows.values_list("key", "value", "current_id", "current__created_at")
    return [(kind, key, value) for key, value, pk, made in newest if customer_id in _members(pk, made)]


def as_kept(version: SetVersion) -> FrozenBitMap:
    """The members as this version left them, not to be changed: nothing is copied, so many can be looked at fast."""
    return _members(version.pk, version.created_at)


def at_version(version: SetVersion) -> BitMap:
    """The members as this version left them."""
    return BitMap(_members(version.pk, version.created_at))


def history(named_set: NamedSet) -> QuerySet[SetVersion]:
    """All versions, oldest first, without their members."""
    return named_set.versions.defer("members", "entered", "left").select_related("run").order_by("number")


def dump(members: BitMap | FrozenBitMap) -> bytes:
    """The members as bytes, in Roaring's portable format."""
    compact = BitMap(members)
    compact.run_optimize()
    return compact.serialize()


def load(data: bytes | memoryview) -> BitMap:
    """The members from bytes."""
    return BitMap.deserialize(bytes(data))


def _locked(members: Iterable[NamedSet]) -> list[NamedSet]:
    keys = [named_set.pk for named_set in members]
    return list(NamedSet.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))


def _previous(locked: list[NamedSet]) -> dict[int, SetVersion]:
    keys = [named_set.current_id for named_set in locked if named_set.current_id]
    return {version.named_set_id: version for version in SetVersion.objects.filter(pk__in=keys)}


def _next_version(
    named_set: NamedSet, members: BitMap, previous: SetVersion | None, run: Run | None, as_of: datetime
) -> SetVersion:
    before = load(previous.members or b"") if previous else BitMap()
    entered, left = members - before, before - members
    return SetVersion(
        named_set=named_set,
        number=previous.number + 1 if previous else 1,
        run=run,
        as_of=as_of,
        size=len(members),
        entered_count=len(entered),
        left_count=len(left),
        members=dump(members),
        entered=dump(entered),
        left=dump(left),
    )


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
    later = SetVersion.objects.filter(named_set_id=version.named_set_id, number__gt=version.number).order_by("-number")
    members = BitMap()
    for newer in later.iterator(chunk_size=100):
        if newer.members is not None:
            members = load(newer.members)
        members -= load(newer.entered)
        members |= load(newer.left)
    return members
