"""What is predicted. One file per goal in this folder; its name is the key. Plain Python: no Django and no clock."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar

from numpy.typing import NDArray

from segmentation.prediction.histories import Histories, Numbers
from segmentation.rules.catalog import Labels


@dataclass(frozen=True)
class Prediction:
    """`scores[i]` of customer `ids[i]`, who looks like `rows[i]`.

    `made[i]` is what the score is made of (log-odds, or the money itself): `start`, what each feature adds, and what
    features add only together.

    `card` says of the run: data, parameters, quality on days that were not learnt from, limits.
    """

    ids: NDArray[Any]
    scores: Numbers
    rows: Numbers
    start: float
    made: Numbers
    adds: Numbers
    card: Mapping[str, Any]


def loaded(name: str) -> ModuleType:
    """A module of this package that does the computing, by name: importing it is what loads the heavy libraries."""
    return import_module(f"segmentation.prediction.{name}")


class Goal(ABC):
    """One question about the days to come."""

    labels: ClassVar[Labels]
    # Of the score: "share" for a chance, "currency" for money.
    unit: ClassVar[str]

    @abstractmethod
    def predict(self, histories: Histories, *, today: int, days: int, seed: int) -> Prediction:
        """Everybody who ever bought, asked about the `days` after `today`."""
