"""What a metric is: one number per customer about the orders of a window, said twice, as SQL and as plain Python.

One file per metric in this folder; its name is the key. No clock and no database: the orders of the window are handed
in. A test holds `expression` to `meaning`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from sqlglot import exp

from segmentation.profiles.features.base import Order


class Metric(ABC):
    """One metric. A customer without orders in the window has 0."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]
    description_zh: ClassVar[str]
    description_en: ClassVar[str]
    # share: 0 or 1 per customer, told as a share of customers; amount: money; number: anything else
    format: ClassVar[str]
    # An aggregate over the columns of the relation "orders": see `profiles.relations`.
    expression: ClassVar[exp.Expr]

    @abstractmethod
    def meaning(self, orders: Sequence[Order]) -> float:
        """The value for a customer with these orders in the window, of which there is at least one."""
