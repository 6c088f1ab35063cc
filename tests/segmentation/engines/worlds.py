"""Small invented shops for rules to be asked of: customers drawn by hypothesis, written as the lake writes them."""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st
from pyroaring import BitMap

from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, FIXED, ITEMS, TYPES, Source
from segmentation.rules.catalog import Catalog, Event, Field, Group, Labels
from segmentation.rules.origins import reference

MICROSECOND = timedelta(microseconds=1)
INJECTIONS = ("O'Brien", 'x"; DROP TABLE customers; --', "'; COPY (SELECT 1) TO '/tmp/x' --", "%s $p0 ? {0} :a", "\\'")
TEXTS = (
    "", "a", "A", "ａ", "é", "e\u0301", "É", "中文", "中", "ß", "SS", "İ", "ﾃﾞ", "デ", "１２", "12", "5", "a\nb", "b\na",
    "_", "%", "\\", "a__icontains", "🙂", *INJECTIONS,
)  # fmt: skip
NUMBERS = (
    0.0,
    -0.0,
    1.0,
    2.0,
    3.0,
    5.0,
    0.1,
    0.2,
    0.3,
    0.30000000000000004,
    50.005,
    1e-7,
    4e-7,
    5e-7,
    -5.0,
    2e12,
    1e15,
)
COUNTS = (0, 1, 2, 3, 1.5)
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))
PATTERNS = ("^a", "a$", ".", "(?i)A", r"\d+", "^$", r"\p{Han}", "a.b", "(?s)a.b", "O'B", "a|中", r"\\", "[^a]")

MOMENTS = (
    ("Asia/Shanghai", datetime.fromisoformat("2026-03-17T09:00:00+08:00")),
    # The day New York skips an hour, and the one it has an hour twice.
    ("America/New_York", datetime.fromisoformat("2026-03-08T12:30:00-04:00")),
    ("America/New_York", datetime.fromisoformat("2025-11-02T23:59:59.999999-05:00")),
    # Clocks here change at midnight: a day that starts at one.
    ("Africa/Cairo", datetime.fromisoformat("2026-04-24T10:00:00+03:00")),
    ("UTC", datetime.fromisoformat("2024-02-29T00:00:00+00:00")),
)
ZONES = tuple({zone for zone, _ in MOMENTS})


def _field(name: str, type: str, column: str) -> Field:
    return Field(name, type, column, Labels(f"{name}的中文", f"{name} in English"))


def _fields(prefix: str) -> dict[str, Field]:
    short = {"number": "n", "text": "s", "boolean": "b", "datetime": "i", "date": "d", "text_list": "l"}
    return {short[type]: _field(short[type], type, prefix + short[type]) for type in TYPES}


TRAITS = _fields("t_")
FEATURE_FIELDS = {key: field for key, field in _fields("f_").items() if key != "l"}
PROPERTIES = _fields("p_")
PRODUCT = {name: _field(name, "text", name) for name in ("sku", "name", "category", "category_path", "brand")}
ITEM_PROPERTIES = {**_fields("p_"), **PRODUCT}
EVENT_NAMES = ("Order", "View", "Odd \"name'; --")
TAG_VALUES = ("high", "low", "none'; --")

CATALOG = Catalog(
    traits=TRAITS,
    features=FEATURE_FIELDS,
    events={name: Event(name, Labels(), PROPERTIES, ITEM_PROPERTIES) for name in EVENT_NAMES},
    tags={"power": Group("power", Labels(), {value: Labels(value, value) for value in TAG_VALUES})},
    segments={"vip": Group("vip")},
    audiences={"sale": Group("sale")},
    channels={"email": Labels(), "sms": Labels()},
)


@dataclass
class Shop:
    """Rows of each table, and the members of the sets that rules can refer to."""

    customers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    features: list[dict[str, Any]] = field(default_factory=list)
    references: dict[tuple[str, str, str], BitMap] = field(default_factory=dict)


def schema(table: str) -> pa.Schema:
    """The columns of a table in these shops."""
    more = {CUSTOMERS: TRAITS, FEATURES: FEATURE_FIELDS, EVENTS: PROPERTIES, ITEMS: PROPERTIES}[table]
    typed = [pa.field(one.column, TYPES[one.type]) for one in more.values()]
    return pa.schema([*FIXED[table], *typed])


SCHEMAS = {table: schema(table) for table in FIXED}
_numbers = itertools.count(1)


def write(shop: Shop, folder: Path) -> Source:
    """The shop as a lake: a file per month and per base date, and columns that no row of a file has left out of it."""
    number = next(_numbers)
    tables: dict[str, tuple[str, ...]] = {}
    months: dict[str, str] = {}
    for table in FIXED:
        by_part = defaultdict(list)
        for row in getattr(shop, table):
            by_part[_part(table, row)].append(row)
        paths = []
        for part, rows in sorted(by_part.items()):
            path = str(folder / f"{number}-{table}-{part}.parquet")
            _write_file(path, table, rows)
            paths.append(path)
            if table in {EVENTS, ITEMS}:
                months[path] = part
        tables[table] = tuple(paths)
    return Source(number, tables, months, SCHEMAS)


def _part(table: str, row: dict[str, Any]) -> str:
    if table in {EVENTS, ITEMS}:
        return row["time"].astimezone(UTC).strftime("%Y-%m")
    return row["as_of"].strftime("%Y%m%d") if table == FEATURES else "all"


def _write_file(path: str, table: str, rows: list[dict[str, Any]]) -> None:
    fixed = set(FIXED[table].names)
    used = {name for row in rows for name, value in row.items() if value is not None}
    in_path = {EVENTS: {"month"}, ITEMS: {"month"}, FEATURES: {"as_of_date"}}.get(table, set())
    kept = [one for one in SCHEMAS[table] if (one.name in fixed or one.name in used) and one.name not in in_path]
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(kept)), path)


# --- Customers at random ---


@cache
def moments_around(as_of: datetime) -> tuple[datetime, ...]:
    """Instants at which answers change: the moment itself, midnights here and there, and a microsecond beside each."""
    edges = [as_of, as_of - timedelta(hours=72), as_of - timedelta(days=400), as_of + timedelta(days=3)]
    for zone in map(ZoneInfo, ZONES):
        local = as_of.astimezone(zone)
        for days in (-40, -31, -30, -17, -7, -3, -2, -1, 0, 1, 8):
            edges.append(datetime.combine(local.date() + timedelta(days=days), datetime.min.time(), zone))
        for year, month in ((local.year, 1), (local.year - 1, 12), (local.year, local.month)):
            edges.append(datetime(year, month, 1, tzinfo=zone))
    return tuple(edge.astimezone(UTC) + shift for edge in edges for shift in (-MICROSECOND, timedelta(), MICROSECOND))


@cache
def pool(type: str, as_of: datetime) -> tuple[Any, ...]:
    """Values of a type."""
    days = [as_of.date() + timedelta(days=shift) for shift in (-735, -730, -725, -365, -31, -30, -1, 0, 1, 7)]
    pools: dict[str, tuple[Any, ...]] = {
        "count": COUNTS,
        "number": NUMBERS,
        "text": TEXTS,
        "boolean": (True, False),
        "datetime": moments_around(as_of),
        "date": (*days, date(2024, 2, 29)),
        "text_list": ([], ["a"], ["é", "中文"], ["A", "a", ""], list(INJECTIONS)),
    }
    return pools[type]


def shops(as_of: datetime) -> st.SearchStrategy[Shop]:
    """A shop of a few customers, each with a few events, items, traits and features, or with none."""
    return st.builds(make_shop, st.just(as_of), st.integers(0, 10**6), st.integers(1, 12))


def make_shop(as_of: datetime, seed: int, size: int) -> Shop:
    """The shop of this seed."""
    chance, shop = Random(seed), Shop()
    for id in chance.sample(range(1, 300), size):
        fixed = {
            "customer_id": id,
            "external_id": f"C{id}",
            "first_seen": chance.choice(moments_around(as_of)),
            "identified": chance.random() < 0.5,
            "reachable": chance.choice([None, [], ["marketing:email"], ["marketing:sms", "service:email"]]),
        }
        shop.customers.append({**fixed, **_row(chance, TRAITS, as_of)})
        _add_features(chance, shop, id, as_of)
        for _ in range(chance.choice([0, 1, 2, 4, 8])):
            _add_event(chance, shop, id, as_of)
    # One who is in sets, but is no customer any more.
    everybody = [*(row["customer_id"] for row in shop.customers), 301]
    names = [("tag", "power", value) for value in TAG_VALUES] + [("segment", "vip", ""), ("audience", "sale", "")]
    shop.references = {name: BitMap(id for id in everybody if chance.random() < 0.4) for name in names}
    for value in TAG_VALUES:
        having = shop.references["tag", "power", value]
        given = BitMap(id for id in having if chance.random() < 0.5)
        shop.references |= {
            reference("power", value, "by_hand"): given,
            reference("power", value, "rule"): having - given,
        }
    return shop


def _add_features(chance: Random, shop: Shop, customer: int, as_of: datetime) -> None:
    for base_date in (as_of - timedelta(days=1), as_of, as_of + MICROSECOND):
        if chance.random() < 0.6:
            made = {"customer_id": customer, "as_of": base_date.astimezone(UTC), "as_of_date": base_date.date()}
            row = _row(chance, FEATURE_FIELDS, as_of)
            if chance.random() < 0.2:
                row["f_n"] = chance.choice(NOT_NUMBERS)
            shop.features.append({**made, **row})


def _add_event(chance: Random, shop: Shop, customer: int, as_of: datetime) -> None:
    event = {
        "event_id": len(shop.events) + 1,
        "customer_id": customer,
        "event": chance.choices(EVENT_NAMES, (4, 1, 1))[0],
        "time": chance.choice(moments_around(as_of)),
    }
    shop.events.append({**event, **_row(chance, PROPERTIES, as_of)})
    for position in range(chance.choice([0, 0, 1, 2])):
        shop.items.append({**event, "position": position, **_row(chance, ITEM_PROPERTIES, as_of)})


def _row(chance: Random, fields: dict[str, Field], as_of: datetime) -> dict[str, Any]:
    return {
        one.column: None if chance.random() < 0.3 else chance.choice(pool(one.type, as_of)) for one in fields.values()
    }
