"""What a destination is: it takes rows about customers and says what it took."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from segmentation.safe_csv import Cell


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


@dataclass(frozen=True)
class Receipt:
    """What was taken: how many rows, their fingerprint, and the file (below the folder), if there is one."""

    rows: int
    sha256: str
    path: str = ""


class Destination(ABC):
    """Delivers shipments. A second attempt with the same key takes the place of the first."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]

    @abstractmethod
    def deliver(self, shipment: Shipment) -> Receipt:
        """Hands everything over, or raises and hands over nothing."""

    @abstractmethod
    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        """Undoes a delivery that did not come to count, as far as that can be done."""
