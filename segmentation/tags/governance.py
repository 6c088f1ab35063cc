"""What a tag's version goes through on its way to life and back, and the tag's way through the recycle bin."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segmentation import dependencies, recycle_bin, review
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.sets.models import NamedSet
from segmentation.sets.origins import KINDS
from segmentation.tags import folders
from segmentation.tags.models import Tag, TagVersion
from segmentation.tags.services import publish_tag


def submit_tag(*, tag: Tag, by: Person, note: str = "") -> TagVersion:
    """The newest version asks for a review; what is live stays so."""
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        locked = Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
        version = locked.versions.latest("number")
        review.submit(version, locked.versions.all(), note=note, by=by)
        if locked.status == Tag.Status.DRAFT:
            _set_status(locked, Tag.Status.REVIEW)
        _log(tag, "submit", by, version=version.number)
    return version


def approve_tag(*, tag: Tag, by: Person, answer: str = "") -> Tag:
    """The version under review goes live."""
    return publish_tag(tag=tag, version=_under_review(tag), answer=answer, by=by)


def send_back_tag(*, tag: Tag, by: Person, answer: str) -> TagVersion:
    """The version under review goes back to its author, with what has to change."""
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        locked = Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
        version = _under_review(locked)
        review.send_back(version, answer=answer, by=by)
        if locked.status == Tag.Status.REVIEW:
            _set_status(locked, Tag.Status.DRAFT)
        _log(tag, "send_back", by, version=version.number)
    return version


def roll_back_tag(*, tag: Tag, number: int, by: Person) -> Tag:
    """An earlier version once more, as a new one, live at once: it was approved before."""
    with transaction.atomic():
        locked = Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
        version = locked.versions.get(number=number)
        if not review.was_live(version):
            raise SegmentationError(_("Only a version that was live can come back."), code="never_live")
        newest = locked.versions.latest("number")
        again = TagVersion.objects.create(
            tag=locked,
            number=newest.number + 1,
            definition=version.definition,
            note=_("As version %(number)d") % {"number": number},
            created_by=version.created_by,
        )
        _log(tag, "roll_back", by, version=again.number, to=number)
        return publish_tag(tag=locked, version=again, by=by)


def delete_tag(*, tag: Tag, by: Person) -> None:
    """Into the recycle bin with its versions and history. Refused, naming them, while others refer to it."""
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        dependencies.refuse_if_used(("tag", tag.key))
        recycle_bin.throw_away(tag, by)
        _sets(tag).update(binned=True)
        _log(tag, "delete", by)


def restore_tag(*, tag: Tag, by: Person) -> None:
    """Out of the recycle bin, as it was."""
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        recycle_bin.bring_back(tag)
        _sets(tag).update(binned=False)
        _log(tag, "restore", by)


def purge_tag(*, tag: Tag, by: Person) -> None:
    """Gone for good. Only out of the recycle bin."""
    if tag.binned_at is None:
        raise SegmentationError(_("Only what is in the recycle bin can be deleted for good."), code="not_binned")
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        _sets(tag).delete()
        _log(tag, "purge", by)
        tag.delete()


def _under_review(tag: Tag) -> TagVersion:
    version = tag.versions.filter(state=review.State.REVIEW).first()
    if version is None:
        raise SegmentationError(_("No version is under review."), code="not_under_review")
    return version


def _set_status(tag: Tag, status: str) -> None:
    tag.status = status
    tag.save(update_fields=["status"])


def _sets(tag: Tag) -> Any:
    return NamedSet.objects.filter(kind__in=(NamedSet.Kind.TAG_VALUE, *KINDS), key=tag.key)


def _log(tag: Tag, action: str, by: Person, **detail: Any) -> None:
    access_log.record(actor=user_of(by), action=f"tag.{action}", object_kind="tag", object_key=tag.key, detail=detail)
