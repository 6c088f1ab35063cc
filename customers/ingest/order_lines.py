"""From rows of a file to order lines: each row is a line, a cancellation, or set aside with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.ingest.cells import decimal, key
from customers.ingest.contents.base import Layout, Reader, SetAside
from customers.ingest.validate import JUNK_IDS, LONGEST_KEY

# Cancelled invoices are numbered C… by convention, and take the goods back.
CANCELLATION = "C"
MORE = ("name", "category", "brand", "store", "country")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that says what was bought, or given back (`cancelled`); quantity and money are positive either way."""

    number: int
    order_id: str
    customer_id: str
    time: datetime
    sku: str
    quantity: float
    price: float
    amount: float
    discount: float
    cancelled: bool
    # Name, category, brand, store, country, where the file has them.
    more: dict[str, str]


class LineReader(Reader):
    """Reads rows of order lines."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.more = [(field, self.places[field]) for field in MORE if field in self.places]

    def order_id(self, row: Sequence[Any]) -> str:
        return key(row[self.places["order_id"]])

    def read(self, row: Sequence[Any]) -> Line | SetAside:
        number, problem = row[-2], row[-1]
        if problem:
            return SetAside(number, "invalid", problem)
        order_id, customer_id = self.order_id(row), key(row[self.places["customer_id"]])
        if not order_id:
            return SetAside(number, "invalid", "no_order_number")
        if customer_id.lower() in JUNK_IDS:
            return SetAside(number, "without_customer", "no_customer")
        line = self._line(row, order_id, customer_id)
        return SetAside(number, "invalid", line) if isinstance(line, str) else line

    def _line(self, row: Sequence[Any], order_id: str, customer_id: str) -> Line | str:
        """The line, or the reason why there is none."""
        time, sku = self.read_time(row[self.places["time"]]), key(row[self.places["sku"]])
        if max(len(order_id), len(customer_id), len(sku)) > LONGEST_KEY:
            return "number_too_long"
        if time is None or not sku:
            return "no_product_number" if time else "time_unreadable"
        if time > self.layout.latest:
            return "time_in_future"
        quantity, price, amount = self._number(row, "quantity"), self._number(row, "price"), self._number(row, "amount")
        if quantity is None or (price is None and amount is None):
            return "quantity_not_a_number" if quantity is None else "price_not_a_number"
        cancelled = quantity < 0 and order_id.startswith(CANCELLATION)
        if quantity <= 0 and not cancelled:
            return "quantity_not_positive"
        if amount is not None and amount < 0 and not cancelled:
            return "price_not_positive"
        quantity = abs(quantity)
        amount = quantity * price if amount is None and price is not None else abs(amount or 0.0)
        price = amount / quantity if price is None else price
        if price <= 0 and not cancelled:
            return "price_not_positive"
        discount = abs(self._number(row, "discount") or 0.0)
        more = {field: text for field, place in self.more if (text := key(row[place]))}
        money = (round(price, 4), round(amount, 4), discount)
        return Line(row[-2], order_id, customer_id, time, sku, quantity, *money, cancelled, more)

    def _number(self, row: Sequence[Any], field: str) -> float | None:
        place = self.places.get(field)
        return None if place is None else decimal(row[place])
