"""How long data are kept: periods that people set, a dry run of each, and the run that lets go what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import plugins
from customers.privacy import access_log
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.privacy.keepings.base import GoOn, Keeping
from segmentation.privacy.models import KeepingPeriod
from segmentation.runs.models import Run
from segmentation.runs.services import request_run

KIND = "privacy.retain"
RIGHT = "customers.erase_customer"
PACKAGE = "segmentation.privacy.keepings"
LONGEST = 36_500
# Shorter than this is a slip of the hand.
SHORTEST = 7

# What has no period of its own, with how long it stays and why.
OTHERS: tuple[tuple[Promise, Promise], ...] = (
    (gettext_lazy("Files of exports and deliveries"), gettext_lazy("SEGTAG_KEEP_EXPORTS days.")),
    (
        gettext_lazy("Uploaded files"),
        gettext_lazy("Deleted once imported; waiting ones after a day, failed after seven."),
    ),
    (gettext_lazy("Messages of webhooks"), gettext_lazy("Thirty days after their end.")),
    (
        gettext_lazy("Consents, and answers about profiling"),
        gettext_lazy("As long as the customer: they are the proof."),
    ),
    (
        gettext_lazy("Members of tags and segments over time"),
        gettext_lazy("As long as the customer; erasure takes it out."),
    ),
    (
        gettext_lazy("Access log, receipts of erasures, books of imports"),
        gettext_lazy("For ever: numbers and counts only."),
    ),
)


@dataclass(frozen=True)
class Kept:
    """A kind of data with its period (None: for ever) and what is due now under it."""

    key: str
    keeping: Keeping
    days: int | None
    due: int


@dataclass(frozen=True)
class DryRun:
    """What a period would let go if it began now."""

    key: str
    keeping: Keeping
    days: int
    before: datetime
    due: int
    sample: list[str]


def keepings() -> dict[str, Keeping]:
    """All kinds by key, in order."""
    found = plugins.load_all(PACKAGE, Keeping)
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def overview(now: datetime) -> list[Kept]:
    """All kinds with their periods."""
    days = periods()
    return [
        Kept(key, keeping, days.get(key), keeping.due(now - timedelta(days=days[key])) if key in days else 0)
        for key, keeping in keepings().items()
    ]


def periods() -> dict[str, int]:
    """Days by key, of what has a period."""
    return dict(KeepingPeriod.objects.values_list("key", "days"))


def dry_run(key: str, days: int, now: datetime) -> DryRun:
    """What would go. Changes nothing."""
    keeping, before = _known(key), now - timedelta(days=_possible(days))
    return DryRun(key, keeping, days, before, keeping.due(before), keeping.sample(before))


def set_period(*, key: str, days: int | None, by: Person) -> None:
    """From the next run on so many days; None: for ever. Nothing goes at once."""
    user = user_of(by)
    if user is None or not user.has_perm(RIGHT):
        raise PermissionDenied
    _known(key)
    with transaction.atomic():
        if days is None:
            KeepingPeriod.objects.filter(key=key).delete()
        else:
            KeepingPeriod.objects.update_or_create(key=key, defaults={"days": _possible(days), "changed_by": user})
        access_log.record(
            actor=user, action="retention.set", object_kind="retention", object_key=key, detail={"days": days}
        )


def request_retention(*, by: Person = None) -> Run | None:
    """The run that lets go what is due; None while nothing has a period."""
    return request_run(kind=KIND, by=by) if KeepingPeriod.objects.exists() else None


def retain(now: datetime, go_on: GoOn) -> dict[str, int]:
    """Let go what is due of each kind, and write down how much; rows by kind."""
    gone = {}
    for key, days in periods().items():
        keeping, before = _known(key), now - timedelta(days=days)
        gone[key] = keeping.remove(before, go_on)
        if gone[key]:
            detail = {"rows": gone[key], "before": before.isoformat(), "days": days}
            access_log.record(
                actor=None, action="retention.remove", object_kind="retention", object_key=key, detail=detail
            )
    return gone


def _known(key: str) -> Keeping:
    if key not in keepings():
        raise SegmentationError(_("There is no kind of data “%(key)s”.") % {"key": key}, code="unknown_kind")
    return keepings()[key]


def _possible(days: int) -> int:
    if not SHORTEST <= days <= LONGEST:
        told = {"least": SHORTEST, "most": LONGEST}
        raise SegmentationError(_("Between %(least)d and %(most)d days.") % told, code="bad_period", where="days")
    return days
