"""Each contents in each format: what is stored is the same, whatever the file was."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from customers.models import Consent, Customer, Event, Product
from customers.privacy import personal
from tests.customers.imports.files import books, load

pytestmark = pytest.mark.django_db

Rows = list[dict[str, str]]
TIME = "2026-03-17 09:00:00"
# One row that is taken, one that is not.
FILES: dict[str, Rows] = {
    contents: [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]
    for contents, (header, *rows) in {
        "customers": ("客户编号,姓名,手机", "007,王芳,13800138000", ",李雷,"),
        "orders": (
            "订单号,客户编号,下单时间,商品编码,数量,单价",
            f"A1,007,{TIME},0042,2,1.5",
            f"A2,,{TIME},0042,1,1.5",
        ),
        "products": ("商品编码,商品名称,品类", "0042,苹果,生鲜>水果", ",梨,"),
        "consents": ("客户编号,渠道,是否同意", "007,短信,是", "404,短信,是"),
        "events": ("客户编号,事件,时间", f"007,浏览,{TIME}", f",浏览,{TIME}"),
    }.items()
}
BOOKS = {
    "customers": {"customers": 1, "without_customer": 1},
    "orders": {"order_lines": 1, "without_customer": 1},
    "products": {"products": 1, "invalid": 1},
    "consents": {"consents": 1, "without_customer": 1},
    "events": {"events": 1, "without_customer": 1},
}


def _csv(encoding: str) -> Callable[[Path, Rows], None]:
    def write(path: Path, rows: Rows) -> None:
        text = io.StringIO()
        table = csv.DictWriter(text, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))

    return write


def _xlsx(path: Path, rows: Rows) -> None:
    book = Workbook()
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(row)
    book.save(path)


def _jsonl(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _parquet(path: Path, rows: Rows) -> None:
    parquet.write_table(pa.Table.from_pylist(rows), path)


FORMATS = {
    "utf-8": _csv("utf-8"), "bom": _csv("utf-8-sig"), "gb18030": _csv("gb18030"),
    "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet,
}  # fmt: skip


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("contents", FILES)
def test_the_same_rows_in_any_format_are_the_same_facts(contents: str, written: str, tmp_path: Path) -> None:
    if contents == "consents":
        FORMATS["jsonl"](tmp_path / "before", FILES["customers"])
        load(tmp_path / "before", contents="customers")
    path = tmp_path / "file"
    FORMATS[written](path, FILES[contents])

    assert books(load(path, contents=contents)) == BOOKS[contents]

    match contents:
        case "customers":
            known = personal.read(Customer.objects.get(external_id="007").personal)
            assert (known["name"], known["phone"]) == ("王芳", "13800138000")
        case "products":
            product = Product.objects.get()
            assert (product.sku, product.name, product.category_path) == ("0042", "苹果", ["生鲜", "水果"])
        case "consents":
            assert Consent.objects.get().customer.external_id == "007"
        case _:
            event = Event.objects.get()
            assert (event.customer.external_id, event.time.isoformat()) == ("007", "2026-03-17T01:00:00+00:00")
