"""A look into a file stores nothing and says what is missing; rows set aside can be read and downloaded."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from customers.errors import CustomersError
from customers.import_selectors import rejects_csv
from customers.imports import create_import, preview_file
from customers.models import Event, ImportBatch
from tests.customers.imports.files import HEADER, books, line, load, text_of

pytestmark = pytest.mark.django_db


def test_columns_can_be_told(write) -> None:
    path = write(line(), header=["a", "b", "c", "d", "e", "f", "g"])
    fields = dict(zip(HEADER, "abcdefg", strict=True))

    with pytest.raises(CustomersError) as refusal:
        create_import(path=path)
    assert refusal.value.code == "columns_missing"
    assert books(load(path, mapping=fields)) == {"order_lines": 1}


def test_a_column_can_be_left_out(write) -> None:
    assert "name" not in preview_file(path=write(line()), mapping={"name": ""}).mapping


def test_a_preview_stores_nothing(write) -> None:
    preview = preview_file(path=write(line(), line(quantity="x"), encoding="gb18030"))

    assert preview.description == "CSV, GB18030, 以逗号分隔"
    assert preview.mapping == {name: name for name in HEADER}
    assert (preview.missing, preview.time_form, preview.rows) == ([], "ISO 8601", 2)
    (_, good), (raw, bad) = preview.first_rows
    assert (good[3], good[6], bad.reason, raw["quantity"]) == ("苹果 · 0042", 3.0, "quantity_not_a_number", "x")
    assert not ImportBatch.objects.exists()
    assert not Event.objects.exists()


def test_a_preview_names_what_is_missing(write) -> None:
    preview = preview_file(path=write(line(), header=["order_id", "b", "c", "d", "e", "f", "g"]))

    assert preview.missing == ["customer_id", "time", "sku", "quantity", "price"]
    assert preview.first_rows == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"PK\x03\x04\0\0\0\0", "file_damaged"),
        (b"\0\1\2\3", "format_unknown"),
        (b'{"order_id": ', "file_unreadable"),
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


def test_a_look_into_a_file_of_known_times_reads_its_first_rows_only(write) -> None:
    path = write(*(line(order_id=f"A{n}") for n in range(9)))
    path.write_text(path.read_text() + '"no end')

    first = preview_file(path=path, rows=5, time_form="ISO 8601").first_rows

    assert [read[0] for _row, read in first] == [f"A{n}" for n in range(5)]


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
    assert (
        "1: Order A1, Customer 007, Time 2026-03-17 09:00, Product 苹果 · 0042, Quantity 2, Unit price 1.5, Amount 3"
        in said.getvalue()
    )


@pytest.mark.parametrize("options", [["--map", "sku"], ["--map", "sku=nothing"], ["--map", "colour=sku"]])
def test_the_command_refuses_a_wrong_mapping(write, options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_orders", str(write(line())), *options)


def test_day_or_month_first_is_asked_where_no_row_tells_and_remembered(write):
    path = write(line(time="03/04/2026"), line(order_id="A2", time="05/06/2026"))
    seen = preview_file(path=path)
    assert (seen.time_form, seen.time_forms, seen.first_rows) == (None, ["%m/%d/%Y", "%d/%m/%Y"], [])
    with pytest.raises(CustomersError) as asked:
        create_import(path=path)
    assert asked.value.code == "time_form_ambiguous"
    load(path, time_form="%d/%m/%Y")
    assert Event.objects.order_by("time").first().time.month == 4
    later = write(line(order_id="A3", time="07/08/2026"), name="later.csv")
    assert (preview_file(path=later).time_form, preview_file(path=later).time_forms) == ("%d/%m/%Y", [])
