"""Imports of orders close their books, whatever the file is like and however often it is loaded."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from customers.import_selectors import REASONS, import_books, import_rejects
from customers.ingest import table_import
from customers.models import Customer, Event, Product
from tests.customers.imports.files import HEADER, LINE, books, line, load

pytestmark = pytest.mark.django_db


def test_the_gift_shop_is_loaded_as_it_is(data: Path) -> None:
    path = data / "online_retail" / "transactions.parquet"

    batch = load(path)

    assert books(batch) == {
        "order_lines": 397_884,
        "cancellations": 8_905,
        "without_customer": 135_080,
        "invalid": 40,
    }
    assert (import_books(batch).buyers, import_books(batch).orders) == (4_338, 18_532 + 3_654)
    assert batch.rows_read == batch.rows_total == 541_909
    assert import_rejects(batch).count() == 135_080 + 40
    completed = Event.objects.filter(name="Order Completed").values_list("properties", flat=True)
    assert round(sum(order["total"] for order in completed.iterator())) == 8_911_408


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_chinese_and_leading_zeros_survive_every_encoding(write, encoding: str, separator: str) -> None:
    load(write(line(), encoding=encoding, separator=separator))

    order = Event.objects.get()
    assert order.customer.external_id == "007"
    assert order.properties["products"][0] == {
        "sku": "0042",
        "quantity": 2,
        "price": 1.5,
        "amount": 3.0,
        "discount": 0.0,
    }
    assert Product.objects.get().name == "苹果"


def test_a_large_gb18030_file_is_told_apart_from_utf8_by_its_last_line(write) -> None:
    many = [line(order_id=f"A{n}", name="apple") for n in range(3000)]

    load(write(*many, line(order_id="Z", sku="1", name="苹果"), encoding="gb18030"))

    assert Product.objects.get(sku="1").name == "苹果"


def test_the_same_lines_in_one_order_are_so_many_lines(write) -> None:
    batch = load(write(line(), line(), line(sku="43")))

    assert books(batch) == {"order_lines": 3}
    assert Event.objects.get().properties["total"] == 9.0


def test_an_order_that_the_file_scatters_is_one_order(write) -> None:
    with patch.object(table_import, "ROWS_AT_ONCE", 2):
        load(write(line(), line(order_id="B"), line(order_id="C1"), line(order_id="B"), line()))

    orders = dict(Event.objects.values_list("message_id", "properties"))
    assert {key: len(order["products"]) for key, order in orders.items()} == {
        "order:A1:007": 2,
        "order:B:007": 2,
        "order:C1:007": 1,
    }


def test_an_order_number_with_and_without_a_fraction_is_one_order(write) -> None:
    scattered = [line(order_id="1001"), line(order_id="B2"), line(order_id="1001.0", sku="0043")]

    batch = load(write(*scattered))

    assert books(batch) == {"order_lines": 3}
    assert len(Event.objects.get(properties__order_id="1001").properties["products"]) == 2


def test_a_negative_amount_is_no_revenue(write) -> None:
    header = ["order_id", "customer_id", "time", "sku", "quantity", "amount"]

    batch = load(write(["A1", "7", "2026-03-17 09:00", "42", "1", "-50"], header=header))

    assert books(batch) == {"invalid": 1}


def test_a_file_loaded_again_under_another_name_and_order_adds_nothing(write) -> None:
    load(write(line(), line(sku="43"), line(order_id="B")))

    batch = load(write(line(order_id="B"), line(sku="43"), line(), name="other.csv"))

    assert books(batch) == {"duplicates": 3}
    assert Event.objects.count() == 2


def test_a_line_that_a_stored_order_lacks_is_set_aside_not_lost(write) -> None:
    load(write(line()))

    batch = load(write(line(), line(sku="43"), line(), name="later.csv"))

    assert books(batch) == {"duplicates": 1, "invalid": 2}
    assert list(import_rejects(batch).values_list("line", "reason")) == [
        (3, "order_stored_differently"),
        (4, "order_stored_differently"),
    ]


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"customer_id": ""}, "without_customer", "no_customer"),
        ({"customer_id": "NULL"}, "without_customer", "no_customer"),
        ({"order_id": " "}, "invalid", "no_order_number"),
        ({"order_id": "A" * 101}, "invalid", "number_too_long"),
        ({"sku": ""}, "invalid", "no_product_number"),
        ({"sku": "S" * 101}, "invalid", "number_too_long"),
        ({"time": "yesterday"}, "invalid", "time_unreadable"),
        ({"quantity": "two"}, "invalid", "quantity_not_a_number"),
        ({"quantity": "0"}, "invalid", "quantity_not_positive"),
        ({"quantity": "-1"}, "invalid", "quantity_not_positive"),
        ({"price": "free"}, "invalid", "price_not_a_number"),
        ({"price": "0.00"}, "invalid", "price_not_positive"),
        ({"price": "-3"}, "invalid", "price_not_positive"),
    ],
)
def test_a_row_that_is_no_line_is_kept_with_line_and_reason(write, changes: dict, outcome: str, reason: str) -> None:
    batch = load(write(line(order_id="B"), line(**changes)))

    assert books(batch) == {"order_lines": 1, outcome: 1}
    reject = import_rejects(batch).get()
    assert (reject.line, reject.outcome, reject.reason) == (3, outcome, reason)
    assert reject.row == dict(zip(HEADER, line(**changes), strict=True))
    assert reason in REASONS


def test_a_row_with_too_few_or_many_cells_is_set_aside(write) -> None:
    batch = load(write(line(), line()[:3], [*line(), "more"]))

    assert books(batch) == {"order_lines": 1, "invalid": 2}
    assert list(import_rejects(batch).values_list("line", "reason")) == [
        (3, "wrong_number_of_columns"),
        (4, "wrong_number_of_columns"),
    ]


def test_a_cancelled_invoice_is_a_refund(write) -> None:
    batch = load(write(line(), line(order_id="C1", quantity="-2"), line(order_id="C2", quantity="1")))

    assert books(batch) == {"order_lines": 2, "cancellations": 1}
    refund = Event.objects.get(name="Order Refunded")
    assert (refund.properties["total"], refund.properties["products"][0]["quantity"]) == (3.0, 2)


def test_products_are_completed_and_never_overwritten(write) -> None:
    header = [*HEADER, "品类", "brand"]
    load(write([*line(name=""), "", "Own"], header=header))

    load(write([*line(order_id="B", name="苹" * 301), "Food > Fruit", "Other"], header=header))

    product = Product.objects.get()
    assert (product.name, product.category_path, product.brand) == ("苹" * 300, ["Food", "Fruit"], "Own")


def test_characters_that_a_database_refuses_do_no_harm(write) -> None:
    many = [line(order_id=f"A{n}") for n in range(300)]  # a file with such characters at its start is no CSV

    batch = load(write(*many, line(order_id="B\0", sku="4\0", name="a\0b"), line(customer_id="", name="\0")))

    assert books(batch) == {"order_lines": 301, "without_customer": 1}
    assert Product.objects.get(sku="4").name == "ab"


def test_money_may_be_written_for_people(write) -> None:
    load(write(line(price="¥1,234.50", quantity=" 2 ")))

    assert Event.objects.get().properties["total"] == 2469.0


def test_an_amount_alone_gives_the_price(write) -> None:
    header = [*HEADER[:5], "实付金额", "name"]

    load(write(line(price="9"), header=header))

    product = Event.objects.get().properties["products"][0]
    assert (product["amount"], product["price"]) == (9.0, 4.5)


def test_whole_numbers_of_a_parquet_file_have_no_fraction(tmp_path: Path) -> None:
    columns = {name: [value] for name, value in zip(HEADER, LINE, strict=True)}
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table(columns | {"customer_id": [17850.0], "quantity": [2], "price": [1.5]}), path)

    load(path)

    assert Customer.objects.get().external_id == "17850"


def test_an_order_of_the_future_is_set_aside_and_one_of_this_moment_is_not(write) -> None:
    now = timezone.now()
    times = {"A": now, "B": now + timedelta(days=2)}

    batch = load(write(*(line(order_id=name, time=f"{time:%Y-%m-%d %H:%M:%S}") for name, time in times.items())))

    assert books(batch) == {"order_lines": 1, "invalid": 1}
    assert batch.rejects.get().reason == "time_in_future"
