"""Imports of order files: look into a file, note the import, run it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import duckdb
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from customers import uploads
from customers.ingest import chunks
from customers.ingest.order_columns import check_mapping, guess, missing
from customers.ingest.order_import import OrderImport, latest, staged
from customers.ingest.order_lines import Line, LineReader, SetAside
from customers.ingest.order_times import time_form as guessed_time_form
from customers.ingest.sources import open_orders
from customers.ingest.sources.base import LINE, ROWS, OrdersFile
from customers.models import ImportBatch

# Kept beside the columns in a batch's mapping.
TIME_FORM = "time_form"
_SAMPLED = 2000


@dataclass(frozen=True)
class Preview:
    """What an import would make of a file."""

    description: str
    columns: list[str]
    rows: int
    mapping: dict[str, str]
    # Fields that have to be told, because no header says them.
    missing: list[str]
    time_form: str | None
    # The first rows as they are, each with the line it becomes or why it becomes none.
    first_rows: list[tuple[dict[str, object], Line | SetAside]]


def preview_orders(
    *, path: Path, mapping: Mapping[str, str] | None = None, time_form: str | None = None, rows: int = 10
) -> Preview:
    """Look into the file. `mapping` (field → column) overrides the guess; a field mapped to "" is left out."""
    _source, file = open_orders(path)
    full = _completed(mapping or {}, file)
    lacking = missing(full)
    if lacking:
        return Preview(file.description, file.columns, file.rows, full, lacking, None, [])
    check_mapping(full, file.columns)
    # Only how times are written has to be looked for in the whole file.
    with staged(file, at_most=rows if time_form else None) as database:
        form = time_form or _time_form(file, full, database)
        reader = LineReader(file.columns, full, form, latest=latest(timezone.now()))
        found = database.execute(f"FROM {ROWS} ORDER BY {LINE} LIMIT {rows:d}").fetchall()
    first = [(dict(zip(file.columns, row, strict=False)), reader.read(row)) for row in found]
    return Preview(file.description, file.columns, file.rows, full, [], form, first)


def create_import(
    *,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    time_form: str | None = None,
    file_name: str = "",
    by: AbstractBaseUser | None = None,
) -> ImportBatch:
    """The import of this file, noted and not begun; the one that was begun and not finished, if there is one.

    A file below MEDIA_ROOT can be run by a job later; another only by a caller that hands it in again.
    """
    source, file = open_orders(path)
    full = _completed(mapping or {}, file)
    check_mapping(full, file.columns)
    if not time_form:
        with staged(file) as database:
            time_form = _time_form(file, full, database)
    known = {"source": source, "sha256": _sha256(path), "mapping": full | {TIME_FORM: time_form}}
    begun = ImportBatch.objects.filter(**known).exclude(state=ImportBatch.State.DONE).first()
    if begun:
        uploads.replace(begun, _below_media(path))
        return begun
    return ImportBatch.objects.create(
        **known,
        file_name=(file_name or path.name)[:255],
        path=_below_media(path),
        rows_total=file.rows,
        by=by,  # type: ignore[misc]
    )


def run_import(
    *,
    batch: ImportBatch,
    path: Path | None = None,
    on_progress: chunks.Progress = chunks.ignore_progress,
    take_over: bool = True,
) -> ImportBatch:
    """Import what is not imported yet. Safe to repeat at any time; a finished import stays as it is.

    An uploaded copy is deleted when all of it is imported.
    """
    mapping = {field: column for field, column in batch.mapping.items() if field != TIME_FORM}
    orders = OrderImport(batch, path or settings.MEDIA_ROOT / batch.path, mapping, batch.mapping[TIME_FORM])
    batch = chunks.run(
        batch=batch, chunks=orders.chunks(), summary=orders.summary, on_progress=on_progress, take_over=take_over
    )
    uploads.discard(batch)
    return batch


def _completed(mapping: Mapping[str, str], file: OrdersFile) -> dict[str, str]:
    """The guess, with what was told instead of guessed."""
    told = set(mapping.values())
    guessed = {field: column for field, column in guess(file.columns).items() if column not in told}
    return {field: column for field, column in (guessed | dict(mapping)).items() if column}


def _time_form(file: OrdersFile, mapping: Mapping[str, str], database: duckdb.DuckDBPyConnection) -> str:
    column = mapping["time"].replace('"', '""')
    query = f'SELECT DISTINCT "{column}" FROM {ROWS} USING SAMPLE reservoir({_SAMPLED} ROWS) REPEATABLE (1)'  # noqa: S608
    return guessed_time_form(value for (value,) in database.execute(query).fetchall())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _below_media(path: Path) -> str:
    media = Path(settings.MEDIA_ROOT).resolve()
    return str(path.resolve().relative_to(media)) if path.resolve().is_relative_to(media) else ""
