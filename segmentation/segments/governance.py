"""What a segment's version goes through when segments are reviewed, and the segment's way through the recycle bin."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segmentation import dependencies, recycle_bin, review
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.segments.services import checked_rule, make_live
from segmentation.sets.models import NamedSet


def approve_segment(*, segment: Segment, by: Person, answer: str = "") -> SegmentVersion:
    """The version under review goes live; checked once more, since what it speaks of may have gone."""
    with transaction.atomic():
        locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
        version = _under_review(locked)
        review.refuse_own(version, by)
        checked_rule(key=locked.key, document=version.rule)
        make_live(segment=locked, version=version, answer=answer, by=by)
        _log(segment, "publish", by, version=version.number)
    return version


def send_back_segment(*, segment: Segment, by: Person, answer: str) -> SegmentVersion:
    """The version under review goes back to its author, with what has to change."""
    with transaction.atomic():
        version = _under_review(segment)
        review.send_back(version, answer=answer, by=by)
        _log(segment, "send_back", by, version=version.number)
    return version


def roll_back_segment(*, segment: Segment, number: int, by: Person) -> SegmentVersion:
    """An earlier rule once more, as a new version, live at once: it was live before."""
    with transaction.atomic():
        locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
        version = locked.versions.get(number=number)
        if not review.was_live(version):
            raise SegmentationError(_("Only a version that was live can come back."), code="never_live")
        again = SegmentVersion.objects.create(
            segment=locked,
            number=locked.versions.latest("number").number + 1,
            rule=checked_rule(key=locked.key, document=version.rule),
            note=_("As version %(number)d") % {"number": number},
            created_by=version.created_by,
        )
        review.refuse_own(again, by)
        make_live(segment=locked, version=again, by=by)
        _log(segment, "roll_back", by, version=again.number, to=number)
    return again


def retire_segment(*, segment: Segment, by: Person) -> None:
    """Computed no more; its last customers stay. Refused while others refer to it."""
    with transaction.atomic():
        dependencies.refuse_if_used(("segment", segment.key))
        segment.status = Segment.Status.RETIRED
        segment.save(update_fields=["status"])
        _log(segment, "retire", by)


def restore_segment(*, segment: Segment, by: Person) -> None:
    """Out of the recycle bin, as it was."""
    with transaction.atomic():
        recycle_bin.bring_back(segment)
        _sets(segment).update(binned=False)
        _log(segment, "restore", by)


def purge_segment(*, segment: Segment, by: Person) -> None:
    """Gone for good with its rules and its history. Only out of the recycle bin."""
    if segment.binned_at is None:
        raise SegmentationError(_("Only what is in the recycle bin can be deleted for good."), code="not_binned")
    with transaction.atomic():
        _sets(segment).delete()
        _log(segment, "purge", by)
        segment.delete()


def _under_review(segment: Segment) -> SegmentVersion:
    version = segment.versions.filter(state=review.State.REVIEW).first()
    if version is None:
        raise SegmentationError(_("No version is under review."), code="not_under_review")
    return version


def _sets(segment: Segment) -> Any:
    return NamedSet.objects.filter(kind=NamedSet.Kind.SEGMENT, key=segment.key)


def _log(segment: Segment, action: str, by: Person, **detail: Any) -> None:
    access_log.record(
        actor=user_of(by), action=f"segment.{action}", object_kind="segment", object_key=segment.key, detail=detail
    )
