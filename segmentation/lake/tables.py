"""The lake's tables: names, columns, types, and the files of one consistent state. Plain Python, for engines too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

EVENTS, ITEMS, CUSTOMERS, FEATURES = "events", "items", "customers", "features"
TABLES = (EVENTS, ITEMS, CUSTOMERS, FEATURES)

TIME = pa.timestamp("us", "UTC")
# Delta has no unsigned integers: customer ids stay below 2**31.
CUSTOMER_ID = pa.int32()

# The catalogue's types, as columns.
TYPES: dict[str, pa.DataType] = {
    "number": pa.float64(),
    "text": pa.string(),
    "boolean": pa.bool_(),
    "datetime": TIME,
    "date": pa.date32(),
    "text_list": pa.list_(pa.string()),
}

# `month` ("2026-03", of the UTC time) is the partition: it is in the path of a file, not in the file.
MONTH = "month"
PARTITIONS: dict[str, str] = {EVENTS: MONTH, ITEMS: MONTH, FEATURES: "as_of_date"}

_EVENT = [
    pa.field("event_id", pa.int64()),
    pa.field("customer_id", CUSTOMER_ID),
    pa.field("event", pa.string()),
    pa.field("time", TIME),
    pa.field(MONTH, pa.string()),
]
# What an item has from its product; a value in the item itself wins. An item property of one of these names is
# found here and has no column of its own. `category` is the broadest, `category_path` all, joined by " / ".
PRODUCT_COLUMNS = ("sku", "name", "category", "category_path", "brand")

FIXED: dict[str, pa.Schema] = {
    EVENTS: pa.schema(_EVENT),
    ITEMS: pa.schema([*_EVENT, pa.field("position", pa.int32()), *(pa.field(n, pa.string()) for n in PRODUCT_COLUMNS)]),
    CUSTOMERS: pa.schema(
        [
            pa.field("customer_id", CUSTOMER_ID),
            pa.field("external_id", pa.string()),
            pa.field("first_seen", TIME),
            pa.field("identified", pa.bool_()),
            # "marketing:email" and so on: purpose and channel of each consent that is given.
            pa.field("reachable", pa.list_(pa.string())),
        ]
    ),
    FEATURES: pa.schema(
        [pa.field("customer_id", CUSTOMER_ID), pa.field("as_of", TIME), pa.field("as_of_date", pa.date32())]
    ),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column: the name people know, its type in the rule language, its name in the lake."""

    name: str
    type: str
    lake_column: str

    @property
    def arrow(self) -> pa.Field:
        return pa.field(self.lake_column, TYPES[self.type])


@dataclass(frozen=True, slots=True)
class Source:
    """One consistent state of the lake: the absolute Parquet files of each table, and what columns it has.

    A file written before a column was known lacks it: read files by name, and take `schemas` for what there is.
    """

    version: int
    tables: Mapping[str, tuple[str, ...]]
    # Month of each file of events and items, so that a window of time opens only the files it needs.
    months: Mapping[str, str] = field(default_factory=dict)
    schemas: Mapping[str, pa.Schema] = field(default_factory=lambda: FIXED)


def item_column(name: str, column: str) -> str:
    """The lake column of the item property `name`, whose column in the catalogue is `column`."""
    return name if name in PRODUCT_COLUMNS else column
