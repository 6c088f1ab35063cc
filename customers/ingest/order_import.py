"""Imports a file of order lines.

Its books close: rows in = order lines + cancellations + duplicates + without customer + invalid, and every row that was
set aside is kept with the reason.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from customers import bulk
from customers.errors import CustomersError
from customers.ingest.chunks import Chunk
from customers.ingest.order_columns import check_mapping
from customers.ingest.order_events import events_of, item, products_of
from customers.ingest.order_lines import BLANKS, Line, LineReader, SetAside
from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import EventRecord
from customers.ingest.sources import open_orders
from customers.ingest.sources.base import LINE, ROWS, OrdersFile
from customers.models import Event, ImportBatch, ImportReject

ROWS_A_CHUNK = 10_000
MEMORY = "512MB"


class OrderImport:
    """One pass over a file, order by order."""

    file: OrdersFile
    reader: LineReader

    def __init__(self, batch: ImportBatch, path: Path, mapping: Mapping[str, str], time_form: str) -> None:
        self.batch, self.path, self.mapping, self.time_form = batch, path, mapping, time_form
        self.buyers: set[str] = set()

    def chunks(self) -> Iterator[Chunk]:
        """Whole orders, about ROWS_A_CHUNK rows at a time; the same chunks each time.

        Raises:
            CustomersError: the file cannot be read, or lacks a column.
        """
        _source, self.file = open_orders(self.path)
        check_mapping(self.mapping, self.file.columns)
        until = latest(self.batch.created_at)
        self.reader = LineReader(self.file.columns, self.mapping, self.time_form, latest=until)
        with staged(self.file) as database:
            waiting: list[tuple] = []
            for order in self._orders(database):
                waiting += order
                if len(waiting) >= ROWS_A_CHUNK:
                    yield self._chunk(waiting)
                    waiting = []
            if waiting:
                yield self._chunk(waiting)

    def summary(self) -> Mapping[str, int]:
        """What the file has as a whole: customers with at least one order line, be it new or a duplicate."""
        return {"buyers": len(self.buyers)}

    def _orders(self, database: duckdb.DuckDBPyConnection) -> Iterator[list[tuple]]:
        """The rows of each order together, even if the file scatters them; orders as they first appear."""
        column = self.file.columns[self.reader.places["order_id"]].replace('"', '""')
        # What `key` makes of it, so that one order is never split in two.
        text = f"trim(replace(\"{column}\"::varchar, chr(0), ''), $blanks)"
        same = f"coalesce(nullif(regexp_replace({text}, '^(\\p{{Nd}}+)\\.0$', '\\1'), ''), '#' || {LINE})"
        query = f"FROM {ROWS} ORDER BY min({LINE}) OVER (PARTITION BY {same}), {LINE}"
        found = database.execute(query, {"blanks": BLANKS})
        for _order_id, rows in groupby(_fetched(found), key=lambda row: self.reader.order_id(row) or row[-2]):
            yield list(rows)

    def _chunk(self, rows: Sequence[tuple]) -> Chunk:
        read = [self.reader.read(row) for row in rows]
        self.buyers.update(line.customer_id for line in read if isinstance(line, Line) and not line.cancelled)
        return Chunk("rows", len(rows), partial(self._store, rows, read))

    def _store(self, rows: Sequence[tuple], read: Sequence[Line | SetAside]) -> Mapping[str, int]:
        lines = [line for line in read if isinstance(line, Line)]
        aside = [row for row in read if isinstance(row, SetAside)]
        store_products(products_of(lines))
        counts, refused = _store_lines(lines)
        aside += refused
        self._keep(aside, {row[-2]: row for row in rows})
        return counts + Counter(row.outcome for row in aside)

    def _keep(self, aside: Sequence[SetAside], rows: Mapping[int, tuple]) -> None:
        kept = (
            (self.batch.pk, row.number, row.outcome, row.reason, self._as_it_was(rows[row.number])) for row in aside
        )
        bulk.insert(ImportReject, ["batch", "line", "outcome", "reason", "row"], kept, unless=["batch", "line"])

    def _as_it_was(self, row: tuple) -> str:
        """The cells that the import was told to read; other columns are none of our business."""
        told = set(self.mapping.values())
        cells = [(column, value) for column, value in zip(self.file.columns, row, strict=False) if column in told]
        texts = {column: "" if value is None else str(value).replace("\0", "") for column, value in cells}
        return msgspec.json.encode(texts).decode()


def latest(now: datetime) -> datetime:
    """The latest time of an order in a file that is handed in `now`: clocks and zones differ by a day at most."""
    return now + timedelta(days=1)


@contextmanager
def staged(file: OrdersFile, *, at_most: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that has the file's rows, or its first ones, in bounded memory."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="import-") as folder:
        database = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY, "temp_directory": folder})
        try:
            file.stage(database, at_most=at_most)
            yield database
        except duckdb.Error as error:
            message = _("This file cannot be read to its end (%(error)s); export or copy it again.")
            raise CustomersError(message % {"error": str(error).splitlines()[0]}, code="file_damaged") from None
        finally:
            database.close()


def _fetched(found: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    while rows := found.fetchmany(ROWS_A_CHUNK):
        yield from rows


def _store_lines(lines: Sequence[Line]) -> tuple[Counter[str], list[SetAside]]:
    """Store the lines' events; the books of the lines, and those that could not be stored."""
    by_id: dict[str, tuple[EventRecord, list[Line]]] = {}
    for order in _by_order(lines):
        by_id |= {event.message_id: (event, of_one) for event, of_one in events_of(order)}
    report = ingest(event for event, _lines in by_id.values())
    counts: Counter[str] = Counter(orders=report.stored)
    aside = []
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
