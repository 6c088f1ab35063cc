"""What a format of tables must offer. A file's format is found by its content, not by its name."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

ROWS = "segtag_rows"
LINE = "segtag_line"
PROBLEM = "segtag_problem"
_ROWS_AT_ONCE = 10_000

# The cells of a row, its number in the file, and why it cannot be used as it is, if so.
TextRow = tuple[str | int | None, ...]


class TableFile(ABC):
    """A file that was looked into."""

    columns: list[str]
    # As a person would say it: "CSV, GB18030, separated by commas".
    description: str
    # Rows in the file; for a format that does not know it, an estimate.
    rows: int

    @abstractmethod
    def stage(self, database: DuckDBPyConnection, *, at_most: int | None = None) -> None:
        """Make the rows, all or the first ones, known to `database` as ROWS: the file's columns, the row's number in
        the file (LINE), and why the row cannot be used as it is, if so (PROBLEM)."""


class TextTable(TableFile):
    """A file whose cells are all read as text."""

    @abstractmethod
    def text_rows(self) -> Iterable[TextRow]:
        """All rows, in the file's order."""

    def stage(self, database: DuckDBPyConnection, *, at_most: int | None = None) -> None:
        names = [*self.columns, LINE, PROBLEM]
        types = [pa.string()] * len(self.columns) + [pa.int64(), pa.string()]
        schema = pa.schema(zip(names, types, strict=True))
        database.from_arrow(schema.empty_table()).create(ROWS)
        rows = islice(self.text_rows(), at_most)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            columns = [pa.array(column, type) for column, type in zip(zip(*some, strict=True), types, strict=True)]
            database.from_arrow(pa.table(columns, schema=schema)).insert_into(ROWS)


class TableFormat(ABC):
    """A format."""

    # Asked after all others, because almost anything could be of this format.
    last_resort = False

    @abstractmethod
    def reads(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes is of this format."""

    @abstractmethod
    def open(self, path: Path) -> TableFile:
        """Look into the file. Raises a CustomersError that says what to do if it cannot be read."""


def full_row(cells: Sequence[str | None], width: int, number: int) -> TextRow:
    """A row of exactly `width` cells; empty ones are missing values, too many or few are a problem."""
    problem = None if len(cells) == width else "wrong_number_of_columns"
    full = [*cells, *[None] * width][:width] if problem else cells
    return (*(cell or None for cell in full), number, problem)
