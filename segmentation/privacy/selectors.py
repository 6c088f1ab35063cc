"""What the privacy pages read."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from customers.models import AccessLog, Customer, Erasure
from segmentation.privacy.loading import stores
from segmentation.runs.models import Run


@dataclass(frozen=True)
class Place:
    """A line of a receipt: what was found in a place, whether it was erased, and what a second look found."""

    key: str
    label: Promise
    found: int | None
    done: bool
    left: int | None


def erasures() -> QuerySet[Erasure]:
    """All, newest first."""
    return Erasure.objects.select_related("requested_by", "decided_by").order_by("-requested_at", "-pk")


def places(erasure: Erasure) -> list[Place]:
    """The receipt, place by place in the order of erasing."""
    found, left = (erasure.receipt.get(part, {}) for part in ("found", "left"))
    done = erasure.receipt.get("done", [])
    return [
        Place(key, store.label, found.get(key), key in done, left.get(key))
        for key, store in stores().items()
        if not found or key in found
    ]


def customer_of(erasure: Erasure) -> Customer | None:
    """Whom it is about, as long as it is not done."""
    return Customer.objects.filter(pk__in=erasure.customer_ids, merged_into=None).first()


def newest_run(erasure: Erasure) -> Run | None:
    """What works at it."""
    return Run.objects.filter(kind="privacy.erase", subject=str(erasure.pk)).order_by("-requested_at").first()


def newest_entries(count: int = 20) -> list[AccessLog]:
    """The end of the access log."""
    return list(AccessLog.objects.select_related("actor").order_by("-pk")[:count])
