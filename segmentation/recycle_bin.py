"""The recycle bin of tags, segments and audiences: what is deleted can be brought back with its history."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of


class Kept(models.Manager[Any]):
    """What is not in the recycle bin."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(binned_at=None)


class Binnable(models.Model):
    """A row that goes to the recycle bin first. `objects` leaves the bin out, `everything` does not."""

    binned_at = models.DateTimeField(gettext_lazy("deleted"), null=True, blank=True, editable=False)
    binned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = Kept()
    everything = models.Manager[Self]()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Bin:
    """What the bin's page has to know of a kind: who may delete, and the services, each taking the row by its kind."""

    model: type[Binnable]
    delete: str
    restore: Callable[..., Any]
    purge: Callable[..., Any]


# By the kind's word in addresses; each stage adds its own.
BINS: dict[str, Bin] = {}


def binned() -> list[tuple[str, Any]]:
    """What is in the recycle bin, the newest first."""
    found = [
        (kind, row)
        for kind, one in BINS.items()
        for row in one.model.everything.filter(binned_at__isnull=False).select_related("binned_by")
    ]
    return sorted(found, key=lambda pair: pair[1].binned_at, reverse=True)


def throw_away(row: Binnable, by: Person) -> None:
    """Into the bin."""
    row.binned_at, row.binned_by = timezone.now(), user_of(by)
    row.save(update_fields=["binned_at", "binned_by"])


def bring_back(row: Binnable) -> None:
    """Out of the bin."""
    row.binned_at, row.binned_by = None, None
    row.save(update_fields=["binned_at", "binned_by"])


def refuse_binned_key(model: Any, key: str) -> None:
    """Raises SegmentationError "in_recycle_bin" when something in the bin has this key."""
    if model.everything.filter(key=key, binned_at__isnull=False).exists():
        raise SegmentationError(
            _("“%(key)s” is in the recycle bin. Restore it, or empty the bin, or take another key.") % {"key": key},
            code="in_recycle_bin",
            where="key",
        )
