"""Every feature: its SQL says what its Python says, on carts of all kinds, and both say what people expect."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segmentation import engines
from segmentation.lake.tables import CUSTOMERS, EVENTS, FIXED, ITEMS, Source
from segmentation.profiles.catalog import all_features
from segmentation.profiles.features.base import Item, Order, Result
from segmentation.profiles.query import feature_query
from segmentation.profiles.relations import LINE_PROPERTIES, ORDER, ORDER_PROPERTIES

AS_OF = datetime(2026, 3, 17, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
ORDERS = {name: f"p_{name}" for name in ORDER_PROPERTIES}
LINES = {name: f"p_{name}" for name in LINE_PROPERTIES}
Cart = Sequence[Order]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AS_OF.tzinfo)


# --- Worked examples: the value of each feature for this customer, to be checked by hand ---

TEA = Item("tea", "drinks", "Leaf", 2, 30.0, 0.0)
COFFEE = Item("coffee", "drinks", "Bean", 1, 20.0, 5.0)
PAN = Item("pan", "kitchen", "Leaf", 1, 100.0, 0.0)
EXAMPLE = (
    Order(1, at("2025-12-20T10:30:00"), 100.0, 0.0, 0.0, "north", (PAN,)),
    Order(2, at("2026-01-10T10:05:00"), 50.0, 10.0, 0.0, "north", (TEA, COFFEE)),
    Order(3, at("2026-03-01T20:00:00"), 30.0, 0.0, 20.0, "south", (TEA,)),
    Order(4, at("2026-03-14T10:59:00"), 20.0, 5.0, 0.0, "south", (COFFEE,)),
    Order(5, at("2026-03-17T09:00:01"), 999.0, 0.0, 0.0, "south", (PAN,)),  # a second too late to count
)
EXPECTED: dict[str, Result] = {
    "active_days": 4,
    "active_weeks": 4,
    "average_item_price": 40.0,
    "average_order": 50.0,
    "basket_size": 1.25,
    "brand_share": 0.8,
    "category_diversity": 2,
    "coupon_order_share": 0.25,
    "coupon_orders": 1,
    "discount_share": 35 / 235,
    "discounted_item_share": 0.4,
    "favourite_brand": "Leaf",
    "favourite_category": "drinks",
    "favourite_category_share": 0.5,
    "favourite_hour": 10,
    "frequency": 4,
    "largest_order": 100.0,
    "last_order_amount": 20.0,
    "monetary": 200.0,
    "orders_12w": 3,
    "product_diversity": 3,
    "purchase_interval_days": 28.0,
    "recency_days": 3,
    "spent_12w": 100.0,
    "store_count": 2,
    "tenure_days": 87,
    "trend_4w_12w": 1.0,
    "weekend_share": 1.0,
}


@pytest.mark.parametrize("key", sorted(all_features()))
def test_each_feature_has_a_worked_example(key: str) -> None:
    assert key in EXPECTED, "state its value for the customer EXAMPLE"
    assert all_features()[key].value(EXAMPLE, AS_OF) == pytest.approx(EXPECTED[key])


@pytest.mark.parametrize("key", sorted(all_features()))
def test_each_feature_has_names_and_descriptions_in_both_languages(key: str) -> None:
    feature = all_features()[key]

    for text in (feature.name_zh, feature.name_en, feature.description_zh, feature.description_en):
        assert text
        assert text == text.strip()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in feature.name_zh + feature.description_zh)
    assert (feature.name_en + feature.description_en).isascii()
    assert feature.type in {"number", "text"}
    assert feature.unit or feature.type == "text"


# --- Carts of all kinds ---

# Quarters of a unit: sums of them are exact, whatever the order of adding.
MONEY = st.integers(0, 4000).map(lambda quarters: quarters / 4)
CHANCE = st.none() | MONEY
ITEMS_OF_ALL_KINDS = st.builds(
    Item,
    sku=st.sampled_from(["a", "b", "c", None]),
    category=st.sampled_from(["drinks", "kitchen", "厨房", None]),
    brand=st.sampled_from(["Leaf", "Bean", "", None]),
    quantity=st.none() | st.integers(0, 5).map(float),
    amount=CHANCE,
    discount=st.sampled_from([0.0, 0.0, 1.5]),
)
# One moment again and again, so that orders coincide; else around midnights, week ends, the borders of 4, 12 and
# 16 weeks, the base date itself, and a little after it.
MOMENTS = st.just(AS_OF - timedelta(days=3)) | st.builds(
    lambda days, seconds: AS_OF.astimezone(UTC) - timedelta(days=days, seconds=seconds),
    st.sampled_from([0, 0, 1, 2, 6, 7, 27, 28, 29, 83, 84, 111, 112, 113, 365]) | st.integers(-2, 400),
    st.sampled_from([0, 1, 9 * 3600 - 1, 9 * 3600, 9 * 3600 + 1]) | st.integers(-3600, 86400),
)
ORDERS_OF_ALL_KINDS = st.builds(
    Order,
    id=st.just(0),
    time=MOMENTS,
    total=CHANCE,
    discount=st.sampled_from([0.0, 0.0, 2.25]),
    coupon_discount=st.sampled_from([0.0, 0.0, 3.75]),
    store=st.sampled_from(["north", "south", None]),
    items=st.lists(ITEMS_OF_ALL_KINDS, max_size=4).map(tuple),
)
SHOPS = st.lists(st.lists(ORDERS_OF_ALL_KINDS, max_size=7), min_size=1, max_size=25)


# A failure names one customer and one feature: nothing to shrink.
@given(shop=SHOPS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.reuse, Phase.generate],
)
def test_sql_says_what_python_says_for_carts_of_all_kinds(shop: list[list[Order]], tmp_path: Path) -> None:
    carts = numbered(shop)

    rows = asked(carts, tmp_path)

    assert [row["customer_id"] for row in rows] == list(range(1, len(carts) + 1))
    for row, cart in zip(rows, carts, strict=True):
        for key, feature in all_features().items():
            assert same(row[key], feature.value(cart, AS_OF)), f"{key} of {cart}"


def test_sql_says_what_python_says_in_the_example(tmp_path: Path) -> None:
    [row] = asked([EXAMPLE], tmp_path)

    assert {key: row[key] for key in EXPECTED} == pytest.approx(EXPECTED)


def test_a_customer_without_orders_has_bought_nothing_and_the_rest_is_missing(tmp_path: Path) -> None:
    [row] = asked([[]], tmp_path)

    assert {key for key, value in row.items() if value == 0} == {
        "frequency", "monetary", "coupon_orders", "orders_12w", "spent_12w",
    }  # fmt: skip
    assert {value for key, value in row.items() if key != "customer_id"} == {0, None}


def test_a_shop_that_says_nothing_of_discounts_or_lines_still_has_features(tmp_path: Path) -> None:
    [row] = asked([EXAMPLE], tmp_path, orders={"total": "p_total"}, lines={})

    assert (row["monetary"], row["discount_share"], row["store_count"]) == (200.0, 0.0, 0)
    assert (row["average_item_price"], row["category_diversity"]) == (None, 2)


def test_a_line_without_amount_counts_price_times_quantity(tmp_path: Path) -> None:
    cart = [Order(1, at("2026-03-01T12:00:00"), 30.0, items=(Item("tea", "drinks", quantity=3),))]

    [row] = asked([cart], tmp_path, price=10.0)

    assert row["average_item_price"] == 30.0


def numbered(shop: list[list[Order]]) -> list[list[Order]]:
    """The same carts, each order with an id of its own."""
    counted = iter(range(1, 1_000_000))
    return [
        [Order(next(counted), o.time, o.total, o.discount, o.coupon_discount, o.store, o.items) for o in cart]
        for cart in shop
    ]


def same(left: Result, right: Result) -> bool:
    if isinstance(left, float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
    return left == right


def asked(
    carts: Sequence[Cart],
    folder: Path,
    *,
    orders: dict[str, str] = ORDERS,
    lines: dict[str, str] = LINES,
    price: float | None = None,
) -> list[dict[str, Result]]:
    """The features of these customers, as the engine computes them over Parquet files."""
    source = lake(carts, folder, price)
    query = feature_query(all_features(), as_of=AS_OF, orders=orders, lines=lines)
    return engine(folder.parent).query(query, source).to_pylist()


def engine(folder: Path) -> engines.Engine:
    return engines.load("duckdb", engines.Limits(folder, "500MB", 2))


def lake(carts: Sequence[Cart], folder: Path, price: float | None) -> Source:
    """The carts as one state of a lake, with an event of another name for every order."""
    events, items = [], []
    for customer, cart in enumerate(carts, start=1):
        for order in cart:
            shared = {"event_id": order.id, "customer_id": customer, "event": ORDER, "time": order.time}
            events.append(shared | {column: getattr(order, name) for name, column in ORDERS.items()})
            events.append(shared | {"event": "Order Refunded", "p_total": 1e6})
            for position, item in enumerate(order.items):
                product = {"position": position, "sku": item.sku, "category": item.category, "brand": item.brand}
                of_item = {column: getattr(item, name) for name, column in LINES.items() if name != "price"}
                items.append(shared | product | of_item | {"p_price": price})
    types = {"number": pa.float64(), "text": pa.string()}
    return written(
        {
            EVENTS: (events, [pa.field(ORDERS[name], types[type]) for name, type in ORDER_PROPERTIES.items()]),
            ITEMS: (items, [pa.field(LINES[name], types[type]) for name, type in LINE_PROPERTIES.items()]),
            CUSTOMERS: ([{"customer_id": n} for n in range(1, len(carts) + 1)], []),
        },
        folder,
    )


_written = iter(range(1_000_000))


def written(tables: dict[str, tuple[list[dict], list[pa.Field]]], folder: Path) -> Source:
    number = next(_written)
    schemas = {name: pa.schema([*FIXED[name], *more]) for name, (_, more) in tables.items()}
    files = {name: str(folder / f"{number}-{name}.parquet") for name in tables}
    for name, (rows, _) in tables.items():
        pq.write_table(pa.Table.from_pylist(rows, schema=schemas[name]), files[name])
    return Source(version=number, tables={name: (path,) for name, path in files.items()}, schemas={**FIXED, **schemas})
