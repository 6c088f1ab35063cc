"""What the rows of a file can be about, and what each contents must offer."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from duckdb import DuckDBPyConnection

from customers.ingest.cells import kept_values, key
from customers.ingest.sources.base import LINE, ROWS
from customers.ingest.times import time_reader

ROWS_AT_ONCE = 10_000
# In a mapping, "+Level": "Level" keeps a column that is no field, under the column's own name.
KEPT = "+"
# What shops call the number of a customer, and of a product.
CUSTOMER_HEADERS = (
    "customer_id customer_no customer_number customer user_id user member_id buyer_id client_id"
    " 客户编号 客户id 客户号 会员号 会员id 会员编号 用户id 用户编号 买家id"
)
SKU_HEADERS = (
    "sku stock_code product_id product_code product_no item_id item_code goods_id"
    " 商品编码 商品编号 商品id 货号 商品货号"
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was not stored. `outcome` is its place in the books, `reason` a stable word."""

    number: int
    outcome: str
    reason: str


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    `latest`: a later time is a slip of the pen. `told_at`: when rows count as told that do not say so. `types`: the
    value type of each kept column.
    """

    columns: Sequence[str]
    mapping: Mapping[str, str]
    time_form: str
    latest: datetime
    told_at: datetime
    types: Mapping[str, str] = field(default_factory=dict)


class Reader(ABC):
    """Reads and stores the rows of one file.

    A row is a tuple of the file's columns, its number in the file, and its problem if it has one.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.places = {name: layout.columns.index(column) for name, column in layout.mapping.items()}
        self.kept = {name[len(KEPT) :]: place for name, place in self.places.items() if name.startswith(KEPT)}
        self.read_time = time_reader(layout.time_form)

    def groups(self, database: DuckDBPyConnection) -> Iterator[list[tuple]]:
        """The rows that belong together, in a stable order; here each row is alone."""
        for row in fetched(database.execute(f"FROM {ROWS} ORDER BY {LINE}")):
            yield [row]

    @abstractmethod
    def read(self, row: Sequence[Any]) -> Any:
        """What the row says, or a SetAside."""

    @abstractmethod
    def store(self, rows: Sequence[Any]) -> tuple[Counter[str], list[SetAside]]:
        """Store what rows said: the books of those that were stored, and the others. Belongs in a transaction."""

    @abstractmethod
    def cells(self, read: Any) -> tuple[object, ...]:
        """What the row says, cell by cell under the contents' `titles`."""

    def summary(self) -> Mapping[str, int]:
        """What the file has as a whole, besides rows."""
        return {}

    def text(self, row: Sequence[Any], name: str) -> str:
        """The cell of a field; empty where the file has none."""
        place = self.places.get(name)
        return "" if place is None else key(row[place])

    def kept_values(self, row: Sequence[Any]) -> dict[str, object]:
        """The cells of the kept columns as values of their types, empty ones left out."""
        return kept_values(row, self.kept, self.layout.types)

    def time(self, row: Sequence[Any]) -> datetime | str:
        """The cell of the field `time`; the moment of the import where the file has none; or why it cannot be."""
        place = self.places.get("time")
        if place is None:
            return self.layout.told_at
        found = self.read_time(row[place])
        if found is None:
            return "time_unreadable"
        return "time_in_future" if found > self.layout.latest else found


class Contents(ABC):
    """What the rows of a file are about: the fields that columns can mean, and how they are read."""

    name: Promise
    # What one row is, for people: "one row per order line".
    rows: Promise
    icon: str
    fields: Mapping[str, Promise]
    required: tuple[str, ...]
    # A required field without which one can do if the file has this other one.
    instead: Mapping[str, str] = {}
    # Headers by which a field is known, separated by blanks; the first that is there wins.
    headers: Mapping[str, str]
    # The heads of the preview's columns.
    titles: tuple[Promise, ...]
    # What columns that are no field can be kept as; None if they cannot.
    others: Promise | None = None
    # How to mask the cells of fields that say who somebody is, where a row that was set aside is kept.
    masks: Mapping[str, Callable[[str], str]] = {}
    # What one would not guess.
    hint: Promise | str = ""

    @property
    def needed_labels(self) -> list[Promise]:
        return [self.fields[name] for name in self.required]

    @property
    def optional_labels(self) -> list[Promise]:
        return [label for name, label in self.fields.items() if name not in self.required]

    @abstractmethod
    def reader(self, layout: Layout) -> Reader:
        """A reader of one file."""


def in_words(values: Mapping[str, object]) -> str:
    """Kept values as one cell of the preview."""
    return " · ".join(f"{name}: {value}" for name, value in values.items())


def fetched(found: DuckDBPyConnection) -> Iterator[tuple]:
    """The rows of an answer, in bounded memory."""
    while rows := found.fetchmany(ROWS_AT_ONCE):
        yield from rows


def grouped(rows: Iterator[tuple], key: Any) -> Iterator[list[tuple]]:
    """Neighbours of one key together."""
    for _key, some in groupby(rows, key=key):
        yield list(some)
