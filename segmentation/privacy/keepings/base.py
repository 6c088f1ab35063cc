"""What each kind of data that has a period answers: what is due, a few of it, and how it goes."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise

from customers.locks import FACTS, take_turns

# Rows of one transaction: others write meanwhile.
AT_ONCE = 2_000
SAMPLED = 5

GoOn = Callable[[], None]


class Keeping(ABC):
    """A kind of data. `remains` says what stays when it is gone, so that books and history still add up."""

    label: ClassVar[Promise]
    what: ClassVar[Promise]
    remains: ClassVar[Promise]
    order: ClassVar[int]

    @abstractmethod
    def due(self, before: datetime) -> int:
        """How many rows would go: those from before this moment."""

    @abstractmethod
    def sample(self, before: datetime) -> list[str]:
        """A few of them, the oldest first, as people may read them: without identifiers and values."""

    @abstractmethod
    def remove(self, before: datetime, go_on: GoOn) -> int:
        """Let them go; how many. Safe to kill and to repeat. `go_on` is called between transactions."""


def in_parts(rows: QuerySet, change: Callable[[QuerySet], object], go_on: GoOn) -> int:
    """`change` on so many rows at a time until there are none left; it has to make them leave the query."""
    done = 0
    while True:
        with transaction.atomic():
            take_turns(FACTS)
            some = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            if some:
                change(rows.model._default_manager.filter(pk__in=some))
        if not some:
            return done
        done += len(some)
        go_on()
