"""Stores order lines as events, order by order, with books that close.

Rows in = order lines + cancellations + duplicates + without customer + invalid.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from duckdb import DuckDBPyConnection

from customers.ingest.cells import BLANKS
from customers.ingest.contents.base import Layout, SetAside, fetched, grouped
from customers.ingest.order_events import events_of, item, products_of
from customers.ingest.order_lines import Line, LineReader
from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import EventRecord
from customers.ingest.sources.base import LINE, ROWS
from customers.models import Event


class OrderReader(LineReader):
    """Reads and stores one file of order lines."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.buyers: set[str] = set()

    def groups(self, database: DuckDBPyConnection) -> Iterator[list[tuple]]:
        """The rows of each order together, even if the file scatters them; orders as they first appear."""
        column = self.layout.mapping["order_id"].replace('"', '""')
        # What `key` makes of it, so that one order is never split in two.
        text = f"trim(replace(\"{column}\"::varchar, chr(0), ''), $blanks)"
        same = f"coalesce(nullif(regexp_replace({text}, '^(\\p{{Nd}}+)\\.0$', '\\1'), ''), '#' || {LINE})"
        query = f"FROM {ROWS} ORDER BY min({LINE}) OVER (PARTITION BY {same}), {LINE}"
        found = database.execute(query, {"blanks": BLANKS})
        return grouped(fetched(found), key=lambda row: self.order_id(row) or row[-2])

    def read(self, row: Sequence[Any]) -> Line | SetAside:
        read = super().read(row)
        if isinstance(read, Line) and not read.cancelled:
            self.buyers.add(read.customer_id)
        return read

    def store(self, rows: Sequence[Line]) -> tuple[Counter[str], list[SetAside]]:
        store_products(products_of(rows))
        return _store_lines(rows)

    def cells(self, read: Line) -> tuple[object, ...]:
        product = f"{read.more['name']} · {read.sku}" if "name" in read.more else read.sku
        return read.order_id, read.customer_id, read.time, product, read.quantity, read.price, read.amount

    def summary(self) -> Mapping[str, int]:
        """Customers with at least one order line, be it new or a duplicate."""
        return {"buyers": len(self.buyers)}


def _store_lines(lines: Sequence[Line]) -> tuple[Counter[str], list[SetAside]]:
    """Store the lines' events; the books of the lines, and those that could not be stored."""
    by_id: dict[str, tuple[EventRecord, list[Line]]] = {}
    for order in _by_order(lines):
        by_id |= {event.message_id: (event, of_one) for event, of_one in events_of(order)}
    report = ingest(event for event, _lines in by_id.values())
    counts: Counter[str] = Counter(orders=report.stored)
    aside = []
    for message_id in report.suppressed:
        counts["erased"] += len(by_id.pop(message_id)[1])
    for refusal in report.refused:
        _event, of_one = by_id.pop(refusal.record.message_id)  # type: ignore[union-attr]
        aside += [SetAside(line.number, "invalid", refusal.code) for line in of_one]
    for message_id, stored in _stored(report.duplicates).items():
        counts_of_one, changed = _compare(by_id.pop(message_id)[1], stored)
        counts, aside = counts + counts_of_one, aside + changed
    counts.update("cancellations" if line.cancelled else "order_lines" for _event, of in by_id.values() for line in of)
    return counts, aside


def _by_order(lines: Sequence[Line]) -> Iterator[list[Line]]:
    for _order_id, some in groupby(lines, key=lambda line: line.order_id):
        yield list(some)


def _stored(message_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found = Event.objects.filter(message_id__in=message_ids).values_list("message_id", "properties")
    return {message_id: properties.get("products", []) for message_id, properties in found}


def _compare(lines: Sequence[Line], stored: Sequence[dict[str, Any]]) -> tuple[Counter[str], list[SetAside]]:
    """Lines of an order that is stored already: duplicates, or, if the order was stored without them, set aside."""
    left = list(stored)
    duplicates, changed = 0, []
    for line in lines:
        same = item(line)
        if same in left:
            left.remove(same)
            duplicates += 1
        else:
            changed.append(SetAside(line.number, "invalid", "order_stored_differently"))
    return Counter(duplicates=duplicates), changed
