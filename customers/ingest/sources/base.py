"""What a file format of order lines must offer. A file's format is found by its content, not by its name."""

from abc import ABC, abstractmethod
from pathlib import Path

from duckdb import DuckDBPyConnection

ROWS = "segtag_rows"
LINE = "segtag_line"
PROBLEM = "segtag_problem"


class OrdersFile(ABC):
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


class OrdersSource(ABC):
    """A format."""

    # Asked after all others, because almost anything could be of this format.
    last_resort = False

    @abstractmethod
    def reads(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes is of this format."""

    @abstractmethod
    def open(self, path: Path) -> OrdersFile:
        """Look into the file. Raises a CustomersError that says what to do if it cannot be read."""
