"""The events of the database, page by page, as rows of the lake."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.db.models import Max, TextField
from django.db.models.functions import Cast

from customers.models import Customer, Event
from segmentation.lake.columns import Catalogue, Field, typed
from segmentation.lake.tables import CUSTOMER_ID, EVENTS, ITEMS, MONTH, TIME

# Events read and decoded at once, and about how much text of theirs.
PAGE = 5_000
PAGE_BYTES = 16 * 1024 * 1024

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Row(NamedTuple):
    """An event as it was read."""

    id: int
    customer: int
    name: str
    time: datetime
    properties: dict[str, Any]


@dataclass
class Rows:
    """A page as rows of the lake, with the number of values that fit no column, by table and mark."""

    last: int
    tables: dict[str, pa.Table]
    misfits: dict[str, Counter[str]]


def newest_event() -> int:
    """The id up to which every event is committed: none with a smaller id can still appear."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Ids are drawn before they are committed. The lock waits for all transactions that are inserting now.
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Event._meta.db_table)} IN SHARE MODE")
        return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


def first_event() -> str:
    """Tells this database from another one: its first event, and when that came in."""
    first = Event.objects.order_by("id").values_list("message_id", "received_at").first()
    return f"{first[0]} {first[1].isoformat()}" if first else ""


def merged_customers() -> dict[int, int]:
    """The customer that counts, for each one that was merged into another, directly or by way of others."""
    merged = Customer.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    into = {pk: target for pk, target in merged if target is not None}
    for pk, target in into.items():
        while target in into:
            target = into[target]
        into[pk] = target
    return into


def pages(catalogue: Catalogue, merged: dict[int, int], *, after: int, upto: int) -> Iterator[Rows]:
    """All events with `after` < id ≤ `upto`, in order of id."""
    while events := _page(merged, after, upto):
        after = events[-1].id
        yield _as_rows(events, catalogue)


def rows_of(owners: Mapping[int, int], catalogue: Catalogue) -> Rows | None:
    """The events of these customers as rows of the lake, counted for whom they are now; None if there are none."""
    found = Event.objects.filter(customer__in=list(owners)).order_by("id")
    rows = found.values_list("id", "customer_id", "name", "time", Cast("properties", TextField()))
    events = [Row(id, owners[who], name, time, _decode(text)) for id, who, name, time, text in rows.iterator()]
    return _as_rows(events, catalogue) if events else None


def _page(merged: dict[int, int], after: int, upto: int) -> list[Row]:
    found = (
        Event.objects.filter(id__gt=after, id__lte=upto)
        .order_by("id")
        .values_list("id", "customer_id", "name", "time", Cast("properties", TextField()))
    )[:PAGE]
    rows, size = [], 0
    for id, who, name, time, text in found.iterator(chunk_size=500):
        rows.append(Row(id, merged.get(who, who), name, time, _decode(text)))
        size += len(text)
        if size > PAGE_BYTES:
            break
    return rows


def _as_rows(events: list[Row], catalogue: Catalogue) -> Rows:
    misfits: dict[str, Counter[str]] = {EVENTS: Counter(), ITEMS: Counter()}
    parts: dict[str, list[pa.Table]] = {EVENTS: [], ITEMS: []}
    for name in sorted({event.name for event in events}):
        named = [event for event in events if event.name == name]
        fixed = _fixed(named)
        columns = typed(
            [event.properties for event in named], catalogue.properties[EVENTS].get(name, []), misfits[EVENTS]
        )
        parts[EVENTS].append(_with(fixed, columns))
        parts[ITEMS].append(_items(named, fixed, catalogue.properties[ITEMS].get(name, []), misfits[ITEMS]))
    tables = {name: pa.concat_tables(found, promote_options="default") for name, found in parts.items()}
    return Rows(events[-1].id, tables, misfits)


def _fixed(events: list[Row]) -> pa.Table:
    """The columns that every event has."""
    times = pa.array([event.time for event in events], TIME)
    return pa.table(
        {
            "event_id": pa.array([event.id for event in events], pa.int64()),
            "customer_id": pa.array([event.customer for event in events], CUSTOMER_ID),
            "event": pa.array([event.name for event in events], pa.string()),
            "time": times,
            MONTH: pc.strftime(times, "%Y-%m"),
        }
    )


def _items(events: list[Row], fixed: pa.Table, fields: list[Field], misfits: Counter[str]) -> pa.Table:
    """One row per item of the events, with the columns of its event."""
    lists = [_products(event.properties) for event in events]
    sizes = np.fromiter(map(len, lists), np.int64, len(lists))
    starts = np.cumsum(sizes) - sizes
    position = pa.array(np.arange(sizes.sum()) - np.repeat(starts, sizes), pa.int32())
    of_event = fixed.take(pa.array(np.repeat(np.arange(len(lists)), sizes)))
    items = list(chain.from_iterable(lists))
    return _with(of_event, {"position": position, **typed(items, fields, misfits)})


def _products(properties: dict[str, Any]) -> list[dict[str, Any]]:
    products = properties.get("products")
    return [item for item in products if isinstance(item, dict)] if isinstance(products, list) else []


def _with(table: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table
