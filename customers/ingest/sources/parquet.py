"""Parquet, the columnar format of data tools."""

from pathlib import Path

import pyarrow.parquet
from django.utils.translation import gettext as _
from duckdb import DuckDBPyConnection
from pyarrow import ArrowException

from customers.errors import CustomersError
from customers.ingest.sources.base import LINE, PROBLEM, ROWS, TableFile, TableFormat


class ParquetFormat(TableFormat):
    """Parquet, with whatever types its columns have. Rows are numbered from 1."""

    def reads(self, head: bytes) -> bool:
        return head.startswith(b"PAR1")

    def open(self, path: Path) -> TableFile:
        try:
            with pyarrow.parquet.ParquetFile(path) as file:
                return ParquetFile(path, file.schema_arrow.names, file.metadata.num_rows)
        except ArrowException:
            raise CustomersError(
                _("This Parquet file is damaged or was not written to its end; write or copy it again."),
                code="file_damaged",
            ) from None


class ParquetFile(TableFile):
    def __init__(self, path: Path, columns: list[str], rows: int) -> None:
        self.path, self.columns, self.rows, self.description = path, columns, rows, "Parquet"

    def stage(self, database: DuckDBPyConnection, *, at_most: int | None = None) -> None:
        rows = database.read_parquet(str(self.path), file_row_number=True)
        if at_most is not None:
            rows = rows.limit(at_most)
        columns = f"* EXCLUDE file_row_number, file_row_number + 1 AS {LINE}, NULL::varchar AS {PROBLEM}"
        rows.project(columns).create_view(ROWS)
