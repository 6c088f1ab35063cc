"""Imports close their books, whatever the file is like and however often it is loaded."""

import csv
import io
from collections import Counter
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from customers.errors import CustomersError
from customers.import_selectors import REASONS, import_books, import_rejects, rejects_csv
from customers.imports import create_import, preview_orders, run_import
from customers.ingest import order_import
from customers.models import Customer, Event, ImportBatch, Product

pytestmark = pytest.mark.django_db
HEADER = ["order_id", "customer_id", "time", "sku", "quantity", "price", "name"]
LINE = ["A1", "007", "2026-03-17 09:00", "0042", "2", "1.5", "苹果"]


def line(**changes: str) -> list[str]:
    return [changes.get(field, value) for field, value in zip(HEADER, LINE, strict=True)]


def text_of(*lines: list[str], header: list[str] = HEADER, separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([header, *lines])
    return text.getvalue()


@pytest.fixture
def write(tmp_path: Path):
    def written(*lines: list[str], encoding: str = "utf-8", name: str = "orders.csv", **form: object) -> Path:
        path = tmp_path / name
        path.write_bytes(text_of(*lines, **form).encode(encoding))
        return path

    return written


def load(path: Path, **known: object) -> ImportBatch:
    return run_import(batch=create_import(path=path, **known), path=path)


def books(batch: ImportBatch) -> dict[str, int]:
    found = import_books(batch)
    assert found.close
    return {entry.outcome: entry.rows for entry in found.entries if entry.rows}


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

    again = load(path)

    assert books(again) == {"duplicates": 406_789, "without_customer": 135_080, "invalid": 40}
    assert Event.objects.count() == 18_532 + 3_654


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
    with patch.object(order_import, "ROWS_A_CHUNK", 2):
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


def test_an_import_that_another_process_finished_stays_finished(write) -> None:
    path = write(line())
    stale = create_import(path=path)
    load(path)

    assert run_import(batch=stale, path=path).counts == ImportBatch.objects.get().counts
    assert ImportBatch.objects.get().state == ImportBatch.State.DONE


def test_only_one_of_two_processes_goes_on(write) -> None:
    path = write(*(line(order_id=f"A{n}") for n in range(40)))
    batch = create_import(path=path)

    def overtake(step: str, rows: int) -> None:
        if batch.rows_read == 0:
            batch.refresh_from_db()
            run_import(batch=batch, path=path)

    with patch.object(order_import, "ROWS_A_CHUNK", 10), pytest.raises(CustomersError) as stopped:
        run_import(batch=batch, path=path, on_progress=overtake)

    assert stopped.value.code == "import_overtaken"
    assert books(ImportBatch.objects.get()) == {"order_lines": 40}


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


def test_columns_can_be_told(write) -> None:
    path = write(line(), header=["a", "b", "c", "d", "e", "f", "g"])
    fields = dict(zip(HEADER, "abcdefg", strict=True))

    with pytest.raises(CustomersError) as refusal:
        create_import(path=path)
    assert refusal.value.code == "columns_missing"
    assert books(load(path, mapping=fields)) == {"order_lines": 1}


def test_a_column_can_be_left_out(write) -> None:
    assert "name" not in preview_orders(path=write(line()), mapping={"name": ""}).mapping


def test_a_preview_stores_nothing(write) -> None:
    preview = preview_orders(path=write(line(), line(quantity="x"), encoding="gb18030"))

    assert preview.description == "CSV, GB18030, 以逗号分隔"
    assert preview.mapping == {name: name for name in HEADER}
    assert (preview.missing, preview.time_form, preview.rows) == ([], "ISO 8601", 2)
    (_, good), (raw, bad) = preview.first_rows
    assert (good.sku, good.amount, bad.reason, raw["quantity"]) == ("0042", 3.0, "quantity_not_a_number", "x")
    assert not ImportBatch.objects.exists()
    assert not Event.objects.exists()


def test_a_preview_names_what_is_missing(write) -> None:
    preview = preview_orders(path=write(line(), header=["order_id", "b", "c", "d", "e", "f", "g"]))

    assert preview.missing == ["customer_id", "time", "sku", "quantity", "price"]
    assert preview.first_rows == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"PK\x03\x04\0\0\0\0", "format_unknown"),
        (b"PAR1 and nothing more", "file_damaged"),
        ("order_id,名".encode() + b"\xff\xff\n", "encoding_unknown"),
        (text_of(line()).encode() + b'A2,"never closed\n', "csv_broken"),
        (b"one column\n1\n", "columns_missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)

    with pytest.raises(CustomersError) as refusal:
        create_import(path=path)

    assert refusal.value.code == code
    assert not ImportBatch.objects.exists()


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CustomersError, match="No such file"):
        create_import(path=tmp_path / "nowhere.csv")


class PowerCut(BaseException):
    """Nothing that code could be prepared for."""


def test_an_import_cut_short_goes_on_and_its_books_are_those_of_an_uninterrupted_one(write) -> None:
    lines = [line(order_id=f"A{n // 3}", customer_id="" if n % 7 == 0 else f"u{n // 3}") for n in range(60)]
    path = write(*lines)

    def cut(step: str, rows: int) -> None:
        if Event.objects.count() >= 8:
            raise PowerCut

    with patch.object(order_import, "ROWS_A_CHUNK", 10):
        batch = create_import(path=path)
        with pytest.raises(PowerCut):
            run_import(batch=batch, path=path, on_progress=cut)
        batch.refresh_from_db()
        assert 0 < batch.rows_read < 60
        assert create_import(path=path) == batch
        batch = run_import(batch=batch, path=path)

    expected = Counter("order_lines" if row[1] else "without_customer" for row in lines)
    assert books(batch) == expected
    assert import_books(batch).buyers == len({row[1] for row in lines if row[1]})
    assert ImportBatch.objects.count() == 1
    assert import_rejects(batch).count() == expected["without_customer"]


def test_a_finished_import_stays_as_it_is(write) -> None:
    batch = load(write(line()))
    finished = batch.finished_at

    assert run_import(batch=batch).finished_at == finished


def test_what_stopped_an_import_is_written_in_its_row(write, tmp_path: Path) -> None:
    path = write(line())
    batch = create_import(path=path)
    path.unlink()

    with pytest.raises(CustomersError):
        run_import(batch=batch, path=path)

    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.FAILED
    assert "No such file" in batch.error


def test_an_uploaded_file_is_found_again(write) -> None:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "1.csv"
    kept.write_bytes(write(line()).read_bytes())

    batch = create_import(path=kept, file_name="订单.csv")

    assert (batch.path, batch.file_name) == ("imports/1.csv", "订单.csv")
    assert books(run_import(batch=batch)) == {"order_lines": 1}


def test_a_look_into_a_file_of_known_times_reads_its_first_rows_only(write) -> None:
    path = write(*(line(order_id=f"A{n}") for n in range(9)))
    path.write_text(path.read_text() + '"no end')

    first = preview_orders(path=path, rows=5, time_form="ISO 8601").first_rows

    assert [read.order_id for _row, read in first] == [f"A{n}" for n in range(5)]


def test_an_order_of_the_future_is_set_aside_and_one_of_this_moment_is_not(write) -> None:
    now = timezone.now()
    times = {"A": now, "B": now + timedelta(days=2)}

    batch = load(write(*(line(order_id=name, time=f"{time:%Y-%m-%d %H:%M:%S}") for name, time in times.items())))

    assert books(batch) == {"order_lines": 1, "invalid": 1}
    assert batch.rejects.get().reason == "time_in_future"


def test_of_a_row_set_aside_only_the_columns_that_the_import_reads_are_kept(write) -> None:
    batch = load(write(line(customer_id="")), mapping={"name": ""})

    kept = batch.rejects.get().row

    assert "name" not in kept
    assert kept["order_id"] == "A1"


def test_rows_set_aside_can_be_downloaded_and_run_no_formula(write) -> None:
    batch = load(write(line(), line(customer_id="", name="=HYPERLINK(1)"), line(quantity="x", order_id="B,1")))

    with translation.override("en"):
        rows = list(csv.DictReader(io.StringIO("".join(rejects_csv(batch)).removeprefix("\ufeff"))))
        only = "".join(rejects_csv(batch, "invalid"))

    assert [(row["line"], row["reason"]) for row in rows] == [
        ("3", "No customer number"),
        ("4", "The quantity is no number"),
    ]
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert rows[1]["order_id"] == "B,1"
    assert "HYPERLINK" not in only


def test_the_command_tells_the_books(write) -> None:
    said = io.StringIO()

    call_command("import_orders", str(write(line())), "--quiet", stdout=said)

    assert "1  order lines" in said.getvalue()
    assert "1 customers with order lines" in said.getvalue()


def test_the_command_shows_the_mapping_and_the_first_rows(write) -> None:
    said = io.StringIO()
    path = write(line(), header=[*HEADER[:6], "bezeichnung"])

    call_command("import_orders", str(path), "--dry-run", "--map", "name=bezeichnung", stdout=said)

    assert "name         bezeichnung" in said.getvalue()
    assert "row 2: order A1, 2026-03-17 09:00, 007 buys 2 x 0042 at 1.5 = 3" in said.getvalue()


@pytest.mark.parametrize("options", [["--map", "sku"], ["--map", "sku=nothing"], ["--map", "colour=sku"]])
def test_the_command_refuses_a_wrong_mapping(write, options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_orders", str(write(line())), *options)
