"""Columns are found by their headers, in both languages; what cannot be found is said with the way out."""

import doctest

import pytest

from customers.errors import CustomersError
from customers.ingest import cells, contract
from customers.ingest.contents import contents_of
from customers.ingest.mapping import check_mapping, guess, missing

ORDERS = contents_of("orders")
FULL = {name: name for name in ("order_id", "customer_id", "time", "sku", "quantity", "price")}


@pytest.mark.parametrize("module", [contract, cells])
def test_the_examples_are_true(module) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize(
    "headers",
    [
        ["invoice_no", "stock_code", "description", "quantity", "invoice_date", "unit_price", "customer_id", "country"],
        ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"],
        ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"],
        ["订单编号", "商品编码", "商品名称", "数量", "下单时间", "单价", "会员号", "国家/地区"],
    ],
)
def test_well_known_headers_are_understood(headers: list[str]) -> None:
    fields = ["order_id", "sku", "name", "quantity", "time", "price", "customer_id", "country"]
    assert guess(ORDERS, headers) == dict(zip(fields, headers, strict=True))


def test_one_column_is_not_used_twice() -> None:
    mapping = guess(ORDERS, ["order_id", "order", "total", "amount", "date"])
    assert len(set(mapping.values())) == len(mapping)


def test_an_amount_will_do_for_a_price() -> None:
    assert missing(ORDERS, FULL) == []
    assert missing(ORDERS, {**FULL, "amount": "amount"} | {"price": "price"}) == []
    without = {field: column for field, column in FULL.items() if field != "price"}
    assert missing(ORDERS, without) == ["price"]
    assert missing(ORDERS, {**without, "amount": "amount"}) == []


@pytest.mark.parametrize(
    ("mapping", "columns", "code"),
    [
        (FULL, [*FULL, "sku"], "columns_doubled"),
        (FULL | {"colour": "sku"}, [*FULL], "field_unknown"),
        (FULL | {"brand": "Marke"}, [*FULL], "column_unknown"),
        ({"order_id": "order_id"}, [*FULL], "columns_missing"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(mapping: dict, columns: list, code: str) -> None:
    with pytest.raises(CustomersError) as refusal:
        check_mapping(ORDERS, mapping, columns)
    assert refusal.value.code == code
