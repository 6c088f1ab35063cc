"""What a destination is: it takes rows about customers and says what it took."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from segmentation.safe_csv import Cell


@dataclass(frozen=True)
class Setting:
    """Something that a destination has to be told: an address, a template, a secret."""

    key: str
    zh: str
    en: str
    help_zh: str = ""
    help_en: str = ""
    is_long: bool = False
    is_secret: bool = False
    is_optional: bool = False


@dataclass(frozen=True)
class Shipment:
    """One audience on its way. `key` names the delivery and is the same when it is tried again."""

    key: str
    attempt: int
    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    # Where a destination may keep files, and nowhere else.
    folder: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """What was taken: how many rows, their fingerprint, and the file (below the folder), if there is one."""

    rows: int
    sha256: str
    path: str = ""


@dataclass(frozen=True)
class Parcel:
    """Some customers of a delivery: for each the id, whether it is added or removed, and its cells.

    `key` is the same when this parcel is tried again, so that a receiver can drop what it has already.
    """

    key: str
    delivery: str
    header: Sequence[str]
    rows: Sequence[tuple[int, str, Sequence[Cell]]]
    settings: Mapping[str, Any] = field(default_factory=dict)


class NotTaken(Exception):
    """The destination did not take a parcel. `again`: trying it again can help."""

    def __init__(self, message: str, *, again: bool) -> None:
        super().__init__(message)
        self.again = again


class Destination(ABC):
    """Somewhere audiences are sent to."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()
    # Columns that it needs for itself; nobody in the house gets to see them.
    needs: ClassVar[tuple[str, ...]] = ()


class Whole(Destination):
    """Takes a shipment as one piece. A second attempt with the same key takes the place of the first."""

    @abstractmethod
    def deliver(self, shipment: Shipment) -> Receipt:
        """Hands everything over, or raises and hands over nothing."""

    @abstractmethod
    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        """Undoes a delivery that did not come to count, as far as that can be done."""


class Batched(Destination):
    """Takes parcels one after the other; what one acknowledged is not sent again."""

    parcel_size: ClassVar[int] = 500

    @abstractmethod
    def send(self, parcel: Parcel) -> Mapping[int, str]:
        """Hands a parcel over; returns the customers that were refused, by reason. Raises NotTaken."""
