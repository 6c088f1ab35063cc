"""The smallest Excel workbook (Office Open XML, ECMA-376) that programs open: texts and numbers, written as a stream.

Every text is an inline string, which no program reads as a formula, whatever it begins with.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from typing import IO, Any
from xml.sax.saxutils import escape

from segmentation.safe_csv import LIST_SEPARATOR, Cell, Sink

# Rows of one sheet, the heading among them, and characters of one cell: Excel's own limits.
ROWS, LONGEST = 1_048_576, 32_767
WHEN = (1980, 1, 1, 0, 0, 0)  # the same rows make the same bytes
# Characters that XML cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write(file: Sink, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, most: int = ROWS) -> int:
    """Writes a workbook with `header` above each sheet; returns the number of rows without headings."""
    left, count, sheets = iter(rows), 0, 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:  # type: ignore[call-overload]  # it only writes
        first: Any = next(left, None)
        while sheets == 0 or first is not None:
            sheets += 1
            here = [] if first is None else chain([first], islice(left, most - 2))
            with _part(book, f"xl/worksheets/sheet{sheets}.xml") as part:
                count += _sheet(part, header, here)
            first = next(left, None)
        for name, text in _frame(sheets).items():
            with _part(book, name) as part:
                part.write((_HEAD + text).encode())
    return count


def _part(book: zipfile.ZipFile, name: str) -> IO[bytes]:
    info = zipfile.ZipInfo(name, WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    return book.open(info, "w", force_zip64=True)


def _sheet(part: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
    part.write(_row(header))
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 (the last number is the result)
        part.write(_row(row))
    part.write(b"</sheetData></worksheet>")
    return count


def _row(cells: Sequence[Cell]) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(cell)}</v></c>'
        case int() | float() | Decimal():
            return f"<c><v>{cell}</v></c>" if isfinite(cell) else "<c/>"
        case str():
            text = cell
        case list() | tuple():
            text = LIST_SEPARATOR.join(cell)
        case _:
            text = cell.isoformat()  # type: ignore[union-attr]  # a date or a time
    clean = escape(_ILLEGAL.sub("\ufffd", text[:LONGEST]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'


def _frame(sheets: int) -> dict[str, str]:
    """The parts that say what the others are."""
    numbers = range(1, sheets + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    listed = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
    }
