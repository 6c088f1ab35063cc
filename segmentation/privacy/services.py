"""Asking for an erasure, deciding on it, and handing a customer what is known."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, Erasure
from customers.privacy import access_log, erased_names
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.privacy.loading import stores
from segmentation.privacy.stores.base import group_of, subject_of
from segmentation.runs.models import Run
from segmentation.runs.services import request_run

KIND = "privacy.erase"
RIGHT = "customers.erase_customer"
State = Erasure.State


def request_erasure(*, customer: Customer, reason: str, by: Person) -> Erasure:
    """Ask for a customer to be forgotten. With four eyes asked for by the settings another person decides, else it is
    decided at once; see `start`.
    """
    user = _permitted(by)
    ids = group_of(customer)
    with transaction.atomic():
        open_ones = Erasure.objects.filter(state__in=(State.WAITING, State.RUNNING))
        if any(set(ids) & set(one.customer_ids) for one in open_ones):
            raise SegmentationError(_("The erasure of this customer is under way already."), code="erasure_open")
        erasure = Erasure(customer_ids=ids, reason=reason, requested_by=user)
        erasure.full_clean(exclude=["decided_by", "decided_at", "finished_at", "receipt"])
        erasure.save()
        _log(erasure, "erasure.request", user)
        if not settings.ERASURE_FOUR_EYES:
            _start(erasure, user)
    return erasure


def decide(*, erasure: Erasure, go: bool, by: Person) -> Erasure:
    """Let it begin, or refuse it. Where the settings ask for four eyes, not by who asked for it."""
    user = _permitted(by)
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure.pk)
        if erasure.state != State.WAITING:
            raise SegmentationError(_("This has been decided already."), code="decided")
        if settings.ERASURE_FOUR_EYES and erasure.requested_by_id == user.pk:
            raise SegmentationError(_("Somebody else has to decide on what you asked for."), code="four_eyes")
        if go:
            _start(erasure, user)
        else:
            erasure.state, erasure.decided_by, erasure.decided_at = State.REFUSED, user, timezone.now()
            erasure.save()
            _log(erasure, "erasure.refuse", user)
    return erasure


def run_of(erasure: Erasure) -> Run | None:
    """The run that erases; the caller rings for one that is queued."""
    return Run.objects.filter(kind=KIND, subject=str(erasure.pk)).order_by("-requested_at").first()


def known_of(customer: Customer, *, by: Person) -> dict[str, Any]:
    """All that is kept of the customer, by place; written down first.

    Raises PermissionDenied without the right to hand it out.
    """
    user = user_of(by)
    if user is None or not user.has_perm("customers.tell_customer"):
        raise PermissionDenied
    access_log.record(actor=user, action="tell", object_kind="customer", object_key=str(customer.pk))
    subject = subject_of(group_of(customer))
    told = {key: store.tell(subject) for key, store in stores().items()}
    return {key: value for key, value in told.items() if value is not None}


def _start(erasure: Erasure, user: User) -> None:
    erasure.state, erasure.decided_by, erasure.decided_at = State.RUNNING, user, timezone.now()
    erasure.save()
    erased_names.remember(erasure)
    _log(erasure, "erasure.start", user)
    request_run(kind=KIND, subject=str(erasure.pk), by=user)


def _permitted(by: Person) -> User:
    user = user_of(by)
    if user is None or not user.has_perm(RIGHT):
        raise PermissionDenied
    return user


def _log(erasure: Erasure, action: str, user: User) -> None:
    access_log.record(
        actor=user, action=action, object_kind="erasure", object_key=str(erasure.pk),
        detail={"customers": len(erasure.customer_ids)},
    )  # fmt: skip
