"""What each place that keeps something of customers has to answer."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise

from customers.models import Customer, Identity, PersonalRecord
from customers.privacy import personal


@dataclass(frozen=True)
class Subject:
    """One customer: all ids that count as this one, and the texts by which raw data can name it.

    `names` are customer numbers, plain identities, e-mail, phone and address; empty once the facts are gone.
    """

    ids: tuple[int, ...]
    names: frozenset[str]

    def is_named_in(self, cells: Iterable[Any]) -> bool:
        """Whether one of the cells is one of the names, whole: a number of two digits is part of many texts."""
        return any(str(cell).strip().casefold() in self.names for cell in cells)


class Store(ABC):
    """A place. To keep something of customers somewhere new is to add a file here; a test asks for it."""

    label: ClassVar[Promise]
    # Erased in this order: what has to be found by name before the facts, what follows from them after.
    order: ClassVar[int]
    # The models ("app.Model") and tables of the lake ("lake.table") that it answers for.
    covers: ClassVar[tuple[str, ...]]
    # Whether erasing it must not be inside a transaction.
    alone: ClassVar[bool] = False

    @abstractmethod
    def count(self, subject: Subject) -> int:
        """How many rows, files or memberships there are of the customer."""

    @abstractmethod
    def erase(self, subject: Subject) -> None:
        """Remove them. Safe to repeat after it was killed anywhere."""

    def tell(self, subject: Subject) -> Any:
        """What is kept, as JSON, for the customer to read; None: nothing that is not told elsewhere."""
        return None


def group_of(customer: Customer) -> list[int]:
    """The ids that count as this customer: the one it was merged into, and all that were merged into that one."""
    root = customer.merged_into_id or customer.pk
    return [root, *Customer.objects.filter(merged_into=root).order_by("pk").values_list("pk", flat=True)]


def subject_of(ids: Iterable[int]) -> Subject:
    """The customer of these ids, with the names as they are known now."""
    ids = tuple(ids)
    names = set(Customer.objects.filter(pk__in=ids).values_list("external_id", flat=True))
    names |= set(Identity.objects.filter(customer__in=ids).values_list("value", flat=True))
    for record in PersonalRecord.objects.filter(pk__in=ids):
        clear = personal.read(record)
        names |= {clear["email"], clear["phone"], clear["address"]}
    return Subject(ids, frozenset(name.strip().casefold() for name in names if name.strip()))
