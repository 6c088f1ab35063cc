"""From the lines of one order to events and products."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from customers.ingest.order_lines import Line
from customers.ingest.records import EventRecord, ProductRecord

COMPLETED, REFUNDED = "Order Completed", "Order Refunded"


def events_of(lines: Iterable[Line]) -> Iterator[tuple[EventRecord, list[Line]]]:
    """An event for what each customer bought, and one for what was given back, with the lines it came from.

    An order has one customer; should a file say otherwise, each gets an order of that number.
    """
    ordered = sorted(lines, key=_whose)
    for (customer_id, cancelled), some in groupby(ordered, key=_whose):
        of_one = list(some)
        yield _event(customer_id, REFUNDED if cancelled else COMPLETED, of_one), of_one


def products_of(lines: Iterable[Line]) -> list[ProductRecord]:
    """The products that the lines tell about, each once; the first name counts."""
    found: dict[str, ProductRecord] = {}
    for line in lines:
        if line.sku not in found or not found[line.sku].name:
            found[line.sku] = ProductRecord(
                line.sku, line.more.get("name", ""), _path(line), line.more.get("brand", "")
            )
    return list(found.values())


def item(line: Line) -> dict[str, Any]:
    """The line as it stands in `products`."""
    return {
        "sku": line.sku,
        "quantity": _whole(line.quantity),
        "price": line.price,
        "amount": line.amount,
        "discount": line.discount,
    }


def _whose(line: Line) -> tuple[str, bool]:
    return line.customer_id, line.cancelled


def _event(customer_id: str, name: str, lines: Sequence[Line]) -> EventRecord:
    order_id = lines[0].order_id
    properties: dict[str, object] = {
        "order_id": order_id,
        "total": round(sum(line.amount for line in lines), 2),
        "discount": round(sum(line.discount for line in lines), 2),
        "coupon_discount": 0.0,
    }
    for field in ("store", "country"):
        if known := next((line.more[field] for line in lines if field in line.more), None):
            properties[field] = known
    properties["products"] = [item(line) for line in lines]
    kind = "order" if name == COMPLETED else "refund"
    time = min(line.time for line in lines)
    return EventRecord(f"{kind}:{order_id}:{customer_id}", customer_id, name, time, properties)


def _path(line: Line) -> list[str]:
    """ "Food > Fruit" and "Food/Fruit" are two levels."""
    category = line.more.get("category", "").replace("/", ">")
    return [part for level in category.split(">") if (part := level.strip())]


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number
