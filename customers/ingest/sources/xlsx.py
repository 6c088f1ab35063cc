"""Workbooks of spreadsheet programs: the first sheet, its first row the header."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from customers.errors import CustomersError
from customers.ingest.sources.base import TableFile, TableFormat, TextRow, TextTable, full_row

# A small file can unpack to more than the machine has.
LARGEST_UNPACKED = 512 << 20


class XlsxFormat(TableFormat):
    """Text cells keep their leading zeros; numbers are written without a needless ".0", times as ISO 8601."""

    def reads(self, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04")

    def open(self, path: Path) -> TableFile:
        try:
            with ZipFile(path) as packed:
                size = sum(part.file_size for part in packed.infolist())
            if size > LARGEST_UNPACKED:
                raise CustomersError(
                    _("This workbook is too large to be read at once; save the sheet as “CSV UTF-8”."),
                    code="file_too_large",
                )
            return XlsxFile(path)
        except (BadZipFile, CalamineError, IndexError):
            raise CustomersError(
                _("This is no workbook that can be read; save the sheet as “CSV UTF-8” and try again."),
                code="file_damaged",
            ) from None


class XlsxFile(TextTable):
    def __init__(self, path: Path) -> None:
        self.path, self.description = path, "XLSX"
        header, *rows = self._cells or [[]]
        self.columns, self.rows = [str(cell).strip() for cell in header], sum(map(any, rows))

    @cached_property
    def _cells(self) -> Sequence[Sequence[object]]:
        with CalamineWorkbook.from_path(str(self.path)) as book:
            return book.get_sheet_by_index(0).to_python(skip_empty_area=False)

    def text_rows(self) -> Iterator[TextRow]:
        for number, cells in enumerate(self._cells[1:], 2):
            if any(cell != "" for cell in cells):
                yield full_row([_text(cell) for cell in cells], len(self.columns), number)


def _text(cell: object) -> str:
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)
