"""Large audiences need another person's yes before they leave the house; and the way into the recycle bin and out."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segmentation import dependencies, recycle_bin
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.sets.models import NamedSet

KINDS = (NamedSet.Kind.AUDIENCE, NamedSet.Kind.HOLDOUT)
Approval = AudienceVersion.Approval


def approve_audience(*, audience: Audience, by: Person, answer: str = "") -> AudienceVersion:
    """What was frozen last may leave the house. Nobody approves an audience of their own where four eyes are wanted."""
    with transaction.atomic():
        locked, version = _waiting(audience)
        refuse_own(version, by)
        _answer(locked, version, Approval.APPROVED, Audience.State.FROZEN, answer, by)
        _log(locked, "approve", by, version=version.number, reached=version.reached.size)
    return version


def send_back_audience(*, audience: Audience, by: Person, answer: str) -> AudienceVersion:
    """A draft again, with what has to change."""
    if not answer.strip():
        raise SegmentationError(_("Say what has to change."), code="answer_missing", where="answer")
    with transaction.atomic():
        locked, version = _waiting(audience)
        _answer(locked, version, Approval.RETURNED, Audience.State.DRAFT, answer, by)
        _log(locked, "send_back", by, version=version.number)
    return version


def refuse_own(version: AudienceVersion, by: Person) -> None:
    """With the setting SEGTAG_FOUR_EYES nobody approves what they planned or froze. Raises "own_version"."""
    person = user_of(by)
    if settings.FOUR_EYES and person and person.pk in {version.audience.owner_id, version.run.requested_by_id}:
        raise SegmentationError(
            _("You planned or froze this audience. Another person has to approve it."), code="own_version"
        )


def may_approve(version: AudienceVersion, by: Person) -> bool:
    """Whether this person's approval would be taken."""
    try:
        refuse_own(version, by)
    except SegmentationError:
        return False
    return True


def delete_audience(*, audience: Audience, by: Person) -> None:
    """Into the recycle bin with what was frozen. Refused, naming them, while rules refer to it."""
    with transaction.atomic():
        dependencies.refuse_if_used(("audience", audience.key))
        recycle_bin.throw_away(audience, by)
        _sets(audience).update(binned=True)
        _log(audience, "delete", by)


def restore_audience(*, audience: Audience, by: Person) -> None:
    """Out of the recycle bin, as it was."""
    with transaction.atomic():
        recycle_bin.bring_back(audience)
        _sets(audience).update(binned=False)
        _log(audience, "restore", by)


def purge_audience(*, audience: Audience, by: Person) -> None:
    """Gone for good. Only out of the recycle bin, and only one that never left the house: exports are proof."""
    if audience.binned_at is None:
        raise SegmentationError(_("Only what is in the recycle bin can be deleted for good."), code="not_binned")
    try:
        with transaction.atomic():
            _log(audience, "purge", by)
            audience.delete()
            _sets(audience).delete()
    except ProtectedError:
        raise SegmentationError(
            _("This audience was exported. What left the house stays on record; leave it in the recycle bin."),
            code="exported",
        ) from None


recycle_bin.BINS["audience"] = recycle_bin.Bin(
    Audience, "segmentation.delete_audience", restore_audience, purge_audience
)


def _waiting(audience: Audience) -> tuple[Audience, AudienceVersion]:
    locked = Audience.objects.select_for_update(of=("self",)).get(pk=audience.pk)
    version = locked.frozen_version
    if version is None or locked.state != Audience.State.WAITING:
        raise SegmentationError(_("This audience does not wait for approval."), code="not_waiting")
    return locked, version


def _answer(
    audience: Audience, version: AudienceVersion, approval: Approval, state: Audience.State, answer: str, by: Person
) -> None:
    version.approval, version.answer = approval, answer.strip()[:1000]
    version.reviewed_by, version.reviewed_at = user_of(by), timezone.now()
    version.save(update_fields=["approval", "answer", "reviewed_by", "reviewed_at"])
    audience.state = state
    audience.save(update_fields=["state"])


def _sets(audience: Audience) -> Any:
    return NamedSet.objects.filter(kind__in=KINDS, key=audience.key)


def _log(audience: Audience, action: str, by: Person, **detail: Any) -> None:
    access_log.record(
        actor=user_of(by), action=f"audience.{action}", object_kind="audience", object_key=audience.key, detail=detail
    )
