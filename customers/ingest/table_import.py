"""Imports a table. Its books close, and every row that was set aside is kept with the reason."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from customers import bulk
from customers.errors import CustomersError
from customers.ingest.cells import types_of
from customers.ingest.chunks import Chunk
from customers.ingest.contents.base import KEPT, ROWS_AT_ONCE, Contents, Layout, Reader, SetAside
from customers.ingest.mapping import check_mapping
from customers.ingest.sources import open_table
from customers.ingest.sources.base import TableFile
from customers.models import ImportBatch, ImportReject

MEMORY = "512MB"


class TableImport:
    """One pass over a file, group by group."""

    file: TableFile
    reader: Reader

    def __init__(
        self, batch: ImportBatch, path: Path, contents: Contents, mapping: Mapping[str, str], time_form: str
    ) -> None:
        self.batch, self.path, self.contents = batch, path, contents
        self.mapping, self.time_form = mapping, time_form

    def chunks(self) -> Iterator[Chunk]:
        """Whole groups, about ROWS_AT_ONCE rows at a time; the same chunks each time.

        Raises:
            CustomersError: the file cannot be read, or lacks a column.
        """
        _source, self.file = open_table(self.path)
        check_mapping(self.contents, self.mapping, self.file.columns)
        told_at = self.batch.created_at
        with staged(self.file) as database:
            layout = layout_of(self.file, self.mapping, self.time_form, database, told_at=told_at)
            self.reader = self.contents.reader(layout)
            waiting: list[tuple] = []
            for group in self.reader.groups(database):
                waiting += group
                if len(waiting) >= ROWS_AT_ONCE:
                    yield self._chunk(waiting)
                    waiting = []
            if waiting:
                yield self._chunk(waiting)

    def summary(self) -> Mapping[str, int]:
        return self.reader.summary()

    def _chunk(self, rows: Sequence[tuple]) -> Chunk:
        read = [self.reader.read(row) for row in rows]
        return Chunk("rows", len(rows), partial(self._store, rows, read))

    def _store(self, rows: Sequence[tuple], read: Sequence[object]) -> Mapping[str, int]:
        aside = [row for row in read if isinstance(row, SetAside)]
        counts, refused = self.reader.store([row for row in read if not isinstance(row, SetAside)])
        aside += refused
        self._keep(aside, {row[-2]: row for row in rows})
        return counts + Counter(row.outcome for row in aside)

    def _keep(self, aside: Sequence[SetAside], rows: Mapping[int, tuple]) -> None:
        kept = (
            (self.batch.pk, row.number, row.outcome, row.reason, self._as_it_was(rows[row.number])) for row in aside
        )
        bulk.insert(ImportReject, ["batch", "line", "outcome", "reason", "row"], kept, unless=["batch", "line"])

    def _as_it_was(self, row: tuple) -> str:
        """The cells that the import was told to read, contacts masked; other columns are none of our business."""
        texts = {}
        for name, column in self.mapping.items():
            value = row[self.file.columns.index(column)]
            text = "" if value is None else str(value).replace("\0", "")
            texts[column] = self.contents.masks.get(name, str)(text)
        return msgspec.json.encode(texts).decode()


def layout_of(
    file: TableFile,
    mapping: Mapping[str, str],
    time_form: str,
    database: duckdb.DuckDBPyConnection,
    *,
    told_at: datetime,
) -> Layout:
    """How the staged file is to be read. Clocks and zones differ by a day at most: no fact is later than that."""
    kept = [column for name, column in mapping.items() if name.startswith(KEPT)]
    latest, types = told_at + timedelta(days=1), types_of(kept, database)
    return Layout(file.columns, mapping, time_form, latest=latest, told_at=told_at, types=types)


@contextmanager
def staged(file: TableFile, *, at_most: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that has the file's rows, or its first ones, in bounded memory."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="import-") as folder:
        database = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY, "temp_directory": folder})
        try:
            file.stage(database, at_most=at_most)
            yield database
        except duckdb.Error as error:
            message = _("This file cannot be read to its end (%(error)s); export or copy it again.")
            raise CustomersError(message % {"error": str(error).splitlines()[0]}, code="file_damaged") from None
        finally:
            database.close()
