"""The run that makes SegTag forget a customer."""

from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Erasure
from customers.privacy import access_log
from segmentation.errors import SegmentationError
from segmentation.privacy import retention
from segmentation.privacy.loading import stores
from segmentation.privacy.services import KIND
from segmentation.privacy.stores.base import Store, Subject, subject_of
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles


@handles(KIND)
def erase(claim: Claim) -> dict[str, Any]:
    """Place by place; a place that is done is not begun again after a kill. At the end all are looked through again."""
    erasure = Erasure.objects.get(pk=int(claim.subject))
    if erasure.state != Erasure.State.RUNNING:
        raise SegmentationError(_("This erasure is not under way."), code="not_active")
    subject, places = subject_of(erasure.customer_ids), stores()
    if "found" not in erasure.receipt:
        # Why somebody wants to be forgotten may say who it is.
        Erasure.objects.filter(pk=erasure.pk).update(reason="")
        _note(erasure, found={key: store.count(subject) for key, store in places.items()}, done=[])
    for number, (key, store) in enumerate(places.items()):
        claim.heartbeat(gettext_noop("Erasing"), number, len(places))
        if key not in erasure.receipt["done"]:
            _erase_one(erasure, key, store, subject)
    left = _left(places, subject)
    told = {"places": len(places), "found": sum(erasure.receipt["found"].values()), "left": sum(left.values())}
    with claim.commit(told):
        erasure.state, erasure.finished_at = Erasure.State.DONE, timezone.now()
        erasure.save(update_fields=["state", "finished_at"])
        _note(erasure, left=left)
        access_log.record(
            actor=None, action="erasure.done", object_kind="erasure", object_key=str(erasure.pk), detail=told
        )
    return told


@handles(retention.KIND)
def retain(claim: Claim) -> dict[str, Any]:
    """Let go what was kept long enough, kind by kind; each part of it is done for good, a killed run goes on."""
    gone = retention.retain(timezone.now(), lambda: claim.heartbeat(gettext_noop("Letting go"), 0, 0))
    return {"rows": gone}


def _erase_one(erasure: Erasure, key: str, store: Store, subject: Subject) -> None:
    with nullcontext() if store.alone else transaction.atomic():
        store.erase(subject)
        _note(erasure, done=[*erasure.receipt["done"], key])


def _left(places: dict[str, Store], subject: Subject) -> dict[str, int]:
    """What a second look finds. What a job that began before put back is erased once more.

    Raises SegmentationError if it is there a third time; the run can be replayed.
    """
    for _attempt in range(2):
        left = {key: store.count(subject) for key, store in places.items()}
        if not any(left.values()):
            return left
        for key, store in places.items():
            if left[key]:
                with nullcontext() if store.alone else transaction.atomic():
                    store.erase(subject)
    left = {key: store.count(subject) for key, store in places.items()}
    if any(left.values()):
        raise SegmentationError(
            _("Another job brought the customer back meanwhile. Run it again when that has ended."), code="left_over"
        )
    return left


def _note(erasure: Erasure, **parts: Any) -> None:
    erasure.receipt = {**erasure.receipt, **parts}
    erasure.save(update_fields=["receipt"])
