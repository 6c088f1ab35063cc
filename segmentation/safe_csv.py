"""CSV that a spreadsheet cannot mistake for formulas, and that reads back as what was written."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Protocol


class Sink(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


Cell = str | int | float | Decimal | bool | date | Sequence[str] | None

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LIST_SEPARATOR = "; "

# Programs skip these before they look at the first character: blanks, quotes, control and zero-width characters.
_SKIPPED = r"[\s\x00-\x1f\x7f'\"\u200b-\u200f\u2060\ufeff]*"
# What starts a formula, also in full width; and what is dropped or splits a cell on careless reading.
_DANGEROUS = re.compile(rf"[\t\r\n\x00']|{_SKIPPED}[=+\-@＝＋－＠﹦﹢﹣﹫−]")
# Can be nothing but a number, telephone numbers like +8613800138000 among them.
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def write(file: Sink, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, bom: bool = False) -> int:
    """Writes `header` and `rows` as UTF-8, every cell quoted; returns the number of rows.

    `bom` puts a byte order mark first, without which Excel takes UTF-8 for the local code page.
    """
    file.write(BYTE_ORDER_MARK if bom else b"")
    file.write(_line(header))
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 (the last number is the result)
        file.write(_line(row))
    return count


def escape(text: str) -> str:
    """`text`, with an apostrophe before it if a spreadsheet could take it for a formula.

    A plain number stays as it is: it can run nothing, and a telephone number has to reach its reader whole.
    """
    return f"'{text}" if _DANGEROUS.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def unescape(text: str) -> str:
    """What `escape` was given. Texts that begin with an apostrophe were given one more, so this is exact."""
    return text.removeprefix("'")


def text_of(cell: Cell) -> str:
    """The cell as it is written: numbers and times plain, texts escaped, nothing for a missing value."""
    match cell:
        case None:
            return ""
        case str():
            return escape(cell)
        case bool():
            return "true" if cell else "false"
        case float():
            return repr(cell).removesuffix(".0") if isfinite(cell) else ""
        case int() | Decimal():
            return str(cell)
        case datetime() | date():
            return cell.isoformat()
        case _:
            return escape(LIST_SEPARATOR.join(cell))


def _line(cells: Sequence[Cell]) -> bytes:
    quoted = ",".join('"' + text_of(cell).replace('"', '""') + '"' for cell in cells)
    return f"{quoted}\r\n".encode(errors="replace")
