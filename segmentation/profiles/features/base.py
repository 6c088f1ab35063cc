"""What a feature is: one number or text about a customer, said twice, as SQL and as plain Python.

One file per feature in this folder; its name is the key. No clock and no database: orders and the base date are
handed in. A test holds `expression` to `meaning`.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from sqlglot import exp, parse_one

# Units of numbers; pages have the words for them.
CURRENCY, DAYS, WEEKS, ORDERS, ITEMS, CATEGORIES = "currency", "days", "weeks", "orders", "items", "categories"
PRODUCTS, STORES, HOUR, RATIO, SHARE = "products", "stores", "hour", "ratio", "share"

DIALECT = "duckdb"

Result = float | str | None


@dataclass(frozen=True)
class Item:
    """One line of an order."""

    sku: str | None = None
    # The broadest category of the product.
    category: str | None = None
    brand: str | None = None
    quantity: float | None = None
    # What was paid for the line.
    amount: float | None = None
    discount: float = 0.0


@dataclass(frozen=True)
class Order:
    """One order. Of two at the same moment the one with the greater id is the later."""

    id: int
    time: datetime
    # What was paid for the order; None when the shop did not say.
    total: float | None = None
    discount: float = 0.0
    coupon_discount: float = 0.0
    store: str | None = None
    items: tuple[Item, ...] = field(default=())

    def local(self, as_of: datetime) -> datetime:
        """When it was in the shop's time zone, which is the base date's."""
        return self.time.astimezone(as_of.tzinfo)

    def days_ago(self, as_of: datetime) -> int:
        """Calendar days from its day to the base date; 0 on the same day."""
        return (as_of.date() - self.local(as_of).date()).days


class Feature(ABC):
    """One feature. Customers without orders have `without_orders`; `meaning` is asked about the others only."""

    name_zh: ClassVar[str]
    name_en: ClassVar[str]
    description_zh: ClassVar[str]
    description_en: ClassVar[str]
    # number or text
    type: ClassVar[str] = "number"
    unit: ClassVar[str] = ""
    # What `expression` aggregates, per customer: see `profiles.relations`.
    relation: ClassVar[str] = "orders"
    expression: ClassVar[exp.Expr]
    without_orders: ClassVar[float | None] = None

    @abstractmethod
    def meaning(self, orders: Sequence[Order], as_of: datetime) -> Result:
        """The value for a customer with these orders, of which there is at least one and none after `as_of`."""

    def value(self, orders: Iterable[Order], as_of: datetime) -> Result:
        """The value for a customer with these orders, whatever there is of them; later ones never count."""
        past = [order for order in orders if order.time <= as_of]
        return self.meaning(past, as_of) if past else self.without_orders


def sql(text: str) -> exp.Expr:
    """An aggregate over the columns of a relation."""
    return parse_one(text, read=DIALECT)


def ratio(part: float, whole: float) -> float | None:
    """Their quotient; none of nothing, or of less."""
    return part / whole if whole > 0 else None


def totals(orders: Iterable[Order]) -> list[float]:
    """What was paid, of the orders that say so."""
    return [order.total for order in orders if order.total is not None]


def lines(orders: Iterable[Order]) -> list[Item]:
    """All lines of all orders."""
    return [item for order in orders for item in order.items]


def spent_by(orders: Iterable[Order], key: Callable[[Item], str | None]) -> dict[str, float]:
    """What was paid for the lines of each key, to the cent; lines without a key are left out."""
    spent: dict[str, float] = defaultdict(float)
    for item in lines(orders):
        if (name := key(item)) is not None:
            spent[name] += item.amount or 0.0
    return {name: round(amount, 2) for name, amount in spent.items()}


def favourite(spent: dict[str, float]) -> str | None:
    """The one with the most; of equals the first in the alphabet."""
    return min(spent, key=lambda name: (-spent[name], name), default=None)


def days_of(orders: Iterable[Order], as_of: datetime) -> set[date]:
    """The days on which there was an order."""
    return {order.local(as_of).date() for order in orders}
