"""JSON Lines: one JSON object a line. What is nested stays JSON text."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from customers.errors import CustomersError
from customers.ingest.sources.base import TableFile, TableFormat, TextRow, TextTable

_BOM = b"\xef\xbb\xbf"


class JsonLinesFormat(TableFormat):
    """The columns are all names that any line has; a line that is no object is set aside."""

    def reads(self, head: bytes) -> bool:
        return head.removeprefix(_BOM).lstrip().startswith(b"{")

    def open(self, path: Path) -> TableFile:
        names: dict[str, None] = {}
        rows = 0
        for _number, line in _lines(path):
            rows += 1
            names |= dict.fromkeys(_object(line) or ())
        if not names:
            raise CustomersError(
                _("No line of this file is a JSON object; write one object a line."), code="file_unreadable"
            )
        return JsonLinesFile(path, list(names), rows)


class JsonLinesFile(TextTable):
    def __init__(self, path: Path, columns: list[str], rows: int) -> None:
        self.path, self.columns, self.rows, self.description = path, columns, rows, "JSON Lines"

    def text_rows(self) -> Iterator[TextRow]:
        for number, line in _lines(self.path):
            found = _object(line)
            problem = None if found is not None else "json_unreadable"
            cells = found or {}
            yield (*(_text(cells.get(column)) for column in self.columns), number, problem)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.removeprefix(_BOM).strip()
            if text:
                yield number, text


def _object(line: bytes) -> dict[str, object] | None:
    try:
        return msgspec.json.decode(line, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        return None


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
