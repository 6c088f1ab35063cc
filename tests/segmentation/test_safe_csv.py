"""Safe CSV: nothing a spreadsheet could run, everything readable as it was written."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import safe_csv

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1:A9)", "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")",
    "=WEBSERVICE(A1)", "=IMPORTXML(\"x\",\"y\")", "@A1", "+A1", "-A1", "==1", "=", "+", "-", "@", "+-1", "--1", "=-1",
    "＝1+1", "＋1", "－1", "＠A1", "﹦1", "﹢1", "﹣1", "﹫A1", "−1+1",
    " =1+1", "   @A1", "\u00a0=1+1", "\u3000=1+1", "\u200b=1+1", "\ufeff=1+1", "\v=1", "\f=1",
    "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1", "\x00=1+1", "\x00", "\t", "\r", "\n", "\ttext", "\rtext", "\ntext",
    "'=1+1", "\"=1+1", "\"\"=1", "' =1", "'", "''", "'text", "+86 138 0013 8000", "+86-138", "-5%", "-5 EUR", "-1,5",
    "+1e", "-.", "-inf", "+nan", "-０", "+１２",
]  # fmt: skip
HARMLESS = [
    "", " ", "text", "张三", "a=b", "a@b.cn", "1+1", "5", "-5", "+5", "-5.25", ".5", "-.5", "1e5", "-1E-5",
    "+8613800138000", "007", "2026-03-01", "a,b", "a\"b", "a\nb", "a\r\nb", "a\tb", "😀", "x" * 10_000,
]  # fmt: skip
CORPUS = FORMULAS + HARMLESS


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def written(*rows, bom: bool = False) -> bytes:
    file = io.BytesIO()
    assert safe_csv.write(file, ["a"] * len(rows[0]), rows, bom=bom) == len(rows)
    return file.getvalue()


def test_the_corpus_is_large_enough():
    assert len(CORPUS) >= 80


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_run_is_written_as_text(text):
    assert safe_csv.escape(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_cannot_run_is_left_as_it_is(text):
    assert safe_csv.escape(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_begins_with_a_dangerous_character_unless_it_is_a_number(text):
    cell = safe_csv.escape(text)
    significant = cell.lstrip(' "\u00a0\u3000\u200b\ufeff\v\f')
    if significant[:1] in tuple("=+-@\t\r\n\x00＝＋－＠"):
        assert not significant or float(cell) is not None


def test_the_corpus_reads_back_as_it_was_written():
    rows = read(written(*[[text, text] for text in CORPUS]))[1:]
    assert [[safe_csv.unescape(cell) for cell in row] for row in rows] == [[text, text] for text in CORPUS]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), min_size=1))
def test_any_text_reads_back_as_it_was_written(rows):
    assert [[safe_csv.unescape(cell) for cell in row] for row in read(written(*rows))[1:]] == rows


def test_numbers_times_and_lists_are_written_plainly():
    when = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    row = [-5, -2.5, Decimal("-1.10"), True, None, when, date(2026, 3, 1), ["a", "b"], ["=1"], float("nan")]
    expected = [
        "-5", "-2.5", "-1.10", "true", "", "2026-03-01T09:30:00+00:00", "2026-03-01", "a; b", "'=1", ""
    ]  # fmt: skip
    assert read(written(row))[1] == expected


def test_every_cell_is_quoted_and_lines_end_as_the_standard_says():
    assert written(["a", 1, None, 'b"c']) == b'"a","a","a","a"\r\n"a","1","","b""c"\r\n'


def test_the_header_is_escaped_too():
    file = io.BytesIO()
    safe_csv.write(file, ["=evil"], [])
    assert file.getvalue() == b'"\'=evil"\r\n'


def test_a_byte_order_mark_is_written_only_when_asked_for():
    assert written(["张三"], bom=True).startswith(b"\xef\xbb\xbf")
    assert not written(["张三"]).startswith(b"\xef\xbb\xbf")


def test_half_a_character_does_not_stop_the_file():
    assert read(written(["a\ud800b"]))[1] == ["a?b"]
