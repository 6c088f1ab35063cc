"""CSV: UTF-8 with or without byte order mark, UTF-16 with one, or GB18030 (GBK, GB2312)."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.errors import CustomersError
from customers.ingest.sources.base import TableFile, TableFormat, TextRow, TextTable, full_row

SEPARATORS = {
    ",": gettext_lazy("separated by commas"),
    ";": gettext_lazy("separated by semicolons"),
    "\t": gettext_lazy("separated by tabs"),
    "|": gettext_lazy("separated by bars"),
}
_MARKED = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BYTES_AT_ONCE = 1 << 20


class CsvFormat(TableFormat):
    """CSV with a header. Every cell is text, so that leading zeros stay. Lines are numbered as an editor does."""

    last_resort = True

    def reads(self, head: bytes) -> bool:
        return b"\0" not in head or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))

    def open(self, path: Path) -> TableFile:
        encoding, lines = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            separator = max(SEPARATORS, key=file.readline().count)
            file.seek(0)
            columns = [column.strip() for column in next(csv.reader(file, delimiter=separator))]
        return CsvFile(path, encoding, separator, columns, rows=lines - 1)


class CsvFile(TextTable):
    def __init__(self, path: Path, encoding: str, separator: str, columns: list[str], rows: int) -> None:
        self.path, self.encoding, self.separator = path, encoding, separator
        self.columns, self.rows = columns, rows
        self.description = f"CSV, {encoding.upper()}, {SEPARATORS[separator]}"

    def text_rows(self) -> Iterator[TextRow]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield from self._rows(file)

    def _rows(self, file: TextIO) -> Iterator[TextRow]:
        reader = csv.reader(file, delimiter=self.separator, strict=True)
        width = len(next(reader))
        try:
            for cells in reader:
                if cells:
                    yield full_row(cells, width, reader.line_num)
        except csv.Error as error:
            raise CustomersError(
                _("Line %(line)d cannot be read (%(error)s); mend its quotes.")
                % {"line": reader.line_num, "error": error},
                code="csv_broken",
                where=f"line {reader.line_num}",
            ) from None


def _encoding(path: Path) -> tuple[str, int]:
    """The encoding in which the whole file makes sense, and how many lines it has."""
    with path.open("rb") as file:
        head = file.read(4)
    candidates = [name for mark, name in _MARKED.items() if head.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in candidates:
        lines = _lines(path, encoding)
        if lines is not None:
            return encoding, lines
    raise CustomersError(
        _("This file is neither UTF-8 nor GB18030; save it as “CSV UTF-8” and try again."), code="encoding_unknown"
    )


def _lines(path: Path, encoding: str) -> int | None:
    """How many lines the file has in this encoding; None if some byte makes no sense in it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, last = 0, ""
    with path.open("rb") as file:
        try:
            while chunk := file.read(_BYTES_AT_ONCE):
                text = decoder.decode(chunk)
                lines, last = lines + text.count("\n"), text[-1:] or last
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return lines + (last not in {"", "\n"})
