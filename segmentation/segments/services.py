"""Changes to segments."""

from collections.abc import Callable
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from customers.privacy import access_log
from segmentation import dependencies, recycle_bin, review
from segmentation.people import Person, user_of
from segmentation.rules.parse import canonical
from segmentation.rules.references import refuse_cycle
from segmentation.segments import fixed
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.sets import store
from segmentation.sets.answers import check
from segmentation.sets.models import NamedSet


class Description(TypedDict, total=False):
    """What a person may change of a segment without a new version."""

    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    schedule: str
    schedule_day: int
    cron: str
    retries: int
    timeout_minutes: int
    alert_percent: int | None
    owner: User | None


def create_segment(
    *,
    key: str,
    rule: dict[str, Any] | Callable[[Segment], dict[str, Any]],
    template: str = "",
    by: Person = None,
    **description: Unpack[Description],
) -> Segment:
    """A segment with its first version, live at once unless segments are reviewed.

    A rule that cannot run is refused with every problem. `rule` may be made of the segment, once it has a row.
    """
    segment = Segment(key=key, template=template, **{"owner": user_of(by), **description})
    with transaction.atomic():
        recycle_bin.refuse_binned_key(Segment, key)
        segment.full_clean()
        segment.save()
        _named_set(segment)
        version = _add_version(segment, rule(segment) if callable(rule) else rule, by)
        _log(segment, "create", by, version=version.number)
    return segment


def update_segment(*, segment: Segment, by: Person, **description: Unpack[Description]) -> Segment:
    """Another name, description, schedule or owner."""
    for field, value in description.items():
        setattr(segment, field, value)
    with transaction.atomic():
        segment.full_clean()
        segment.save(update_fields=list(description))
        _named_set(segment)
        _log(segment, "update", by, fields=sorted(description))
    return segment


def new_version(*, segment: Segment, rule: dict[str, Any], by: Person, note: str = "") -> SegmentVersion:
    """Another rule, live at once unless segments are reviewed; the same rule again is no new version."""
    with transaction.atomic():
        locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
        version = _add_version(locked, rule, by, note)
        _log(segment, "new_version", by, version=version.number)
    segment.live_version, segment.status = locked.live_version, locked.status
    return version


def make_live(*, segment: Segment, version: SegmentVersion, by: Person, answer: str = "") -> None:
    """The version is what the segment means from now on."""
    review.make_live(version, segment.versions.all(), answer=answer, by=by)
    segment.live_version, segment.status = version, Segment.Status.LIVE
    segment.save(update_fields=["live_version", "status"])


def delete_segment(*, segment: Segment, by: Person) -> None:
    """Into the recycle bin with its rules and its history. Refused, naming them, while others refer to it."""
    with transaction.atomic():
        dependencies.refuse_if_used(("segment", segment.key))
        recycle_bin.throw_away(segment, by)
        NamedSet.objects.filter(kind=NamedSet.Kind.SEGMENT, key=segment.key).update(binned=True)
        _log(segment, "delete", by)


def checked_rule(*, key: str, document: dict[str, Any]) -> dict[str, Any]:
    """What the segment `key` is to mean, as saved. Raises RuleError with every problem, CycleError or NoSuchList."""
    if fixed.is_fixed(document):
        return fixed.checked(key, document)
    rule = check(document)
    graph = dependencies.graph()
    refuse_cycle(("segment", key), rule, lambda name: graph.get(name, set()))
    return canonical(rule)


def _add_version(segment: Segment, rule: dict[str, Any], by: Person, note: str = "") -> SegmentVersion:
    saved = checked_rule(key=segment.key, document=rule)
    newest = segment.versions.first()
    if newest and newest.rule == saved and segment.live_version_id == newest.pk:
        return newest
    number = newest.number + 1 if newest else 1
    version = SegmentVersion.objects.create(
        segment=segment, number=number, rule=saved, note=note.strip(), created_by=user_of(by)
    )
    if settings.REVIEW_SEGMENTS and user_of(by) is not None:
        review.submit(version, segment.versions.all(), note=note, by=by)
        if segment.live_version_id is None:
            segment.status = Segment.Status.REVIEW
            segment.save(update_fields=["status"])
    else:
        make_live(segment=segment, version=version, by=by)
    return version


def _named_set(segment: Segment) -> NamedSet:
    return store.named(NamedSet.Kind.SEGMENT, segment.key, label_zh=segment.name_zh, label_en=segment.name_en)


def _log(segment: Segment, action: str, by: Person, **detail: Any) -> None:
    access_log.record(
        actor=user_of(by), action=f"segment.{action}", object_kind="segment", object_key=segment.key, detail=detail
    )
