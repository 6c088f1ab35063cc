"""Imports of files: look into one, note the import, run it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import duckdb
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import uploads
from customers.errors import CustomersError
from customers.ingest import chunks
from customers.ingest.contents import contents_of
from customers.ingest.contents.base import SetAside
from customers.ingest.mapping import check_mapping, guess, missing
from customers.ingest.sources import open_table
from customers.ingest.sources.base import LINE, ROWS, TableFile
from customers.ingest.table_import import TableImport, layout_of, staged
from customers.ingest.times import ISO, time_forms
from customers.models import ImportBatch

ORDERS = "orders"
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
    # Forms between which the rows cannot decide (03/04/2026): one has to be told.
    time_forms: list[str]
    # Whether the mapping is that of an earlier import of such a file.
    remembered: bool
    # The first rows as they are, each with the cells that are read from it or why it is set aside.
    first_rows: list[tuple[dict[str, object], tuple[object, ...] | SetAside]]


def preview_file(
    *,
    path: Path,
    contents: str = ORDERS,
    mapping: Mapping[str, str] | None = None,
    time_form: str | None = None,
    rows: int = 10,
) -> Preview:
    """Look into the file. `mapping` (field → column) overrides the guess; a field mapped to "" is left out."""
    about = contents_of(contents)
    _format, file = open_table(path)
    full, remembered = _completed(contents, mapping or {}, file)
    known = (file.description, file.columns, file.rows, full)
    if lacking := missing(about, full):
        return Preview(*known, lacking, None, [], remembered, [])
    check_mapping(about, full, file.columns)
    # How times are written, and whether kept columns are numbers, has to be looked for in the whole file.
    at_once = time_form is not None and full.keys() <= about.fields.keys()
    with staged(file, at_most=rows if at_once else None) as database:
        forms = [time_form] if time_form else _time_forms(contents, full, database)
        if len(forms) > 1:
            return Preview(*known, [], None, forms, remembered, [])
        form = forms[0]
        reader = about.reader(layout_of(file, full, form, database, told_at=timezone.now()))
        found = database.execute(f"FROM {ROWS} ORDER BY {LINE} LIMIT {rows:d}").fetchall()
    first = []
    for row in found:
        read = reader.read(row)
        cells = read if isinstance(read, SetAside) else reader.cells(read)
        first.append((dict(zip(file.columns, row, strict=False)), cells))
    return Preview(*known, [], form if "time" in full else None, [], remembered, first)


def create_import(
    *,
    path: Path,
    contents: str = ORDERS,
    mapping: Mapping[str, str] | None = None,
    time_form: str | None = None,
    file_name: str = "",
    by: AbstractBaseUser | None = None,
) -> ImportBatch:
    """The import of this file, noted and not begun; the one that was begun and not finished, if there is one.

    A file below MEDIA_ROOT can be run by a job later; another only by a caller that hands it in again.
    """
    about = contents_of(contents)
    source, file = open_table(path)
    full, _was_known = _completed(contents, mapping or {}, file)
    check_mapping(about, full, file.columns)
    if not time_form:
        with staged(file) as database:
            forms = _time_forms(contents, full, database)
        if len(forms) > 1:
            message = _(
                "“03/04/2026” can be March or April, and no row says which. Say how times are written: %(forms)s."
            )
            raise CustomersError(message % {"forms": ", ".join(forms)}, code="time_form_ambiguous", where="time_form")
        time_form = forms[0]
    known = {
        "contents": contents,
        "source": source,
        "sha256": _sha256(path),
        "mapping": full | {TIME_FORM: time_form},
    }
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
    contents = contents_of(batch.contents)
    table = TableImport(batch, path or settings.MEDIA_ROOT / batch.path, contents, mapping, batch.mapping[TIME_FORM])
    batch = chunks.run(
        batch=batch, chunks=table.chunks(), summary=table.summary, on_progress=on_progress, take_over=take_over
    )
    uploads.discard(batch)
    return batch


def _completed(contents: str, mapping: Mapping[str, str], file: TableFile) -> tuple[dict[str, str], bool]:
    """The guess, before it what an earlier import of such a file was told, and before that what is told now."""
    earlier = {field: column for field, column in _earlier(contents, file.columns).items() if field != TIME_FORM}
    full = guess(contents_of(contents), file.columns)
    for stronger in (earlier, mapping):
        taken = set(stronger.values())
        full = {field: column for field, column in full.items() if column not in taken} | dict(stronger)
    return {field: column for field, column in full.items() if column}, bool(earlier)


def _earlier(contents: str, columns: Sequence[str]) -> dict[str, str]:
    """The mapping of the newest import that is done and whose columns this file has too, with how it wrote times; empty
    if there is none."""
    done = ImportBatch.objects.filter(contents=contents, state=ImportBatch.State.DONE)
    for known in done.order_by("-created_at").values_list("mapping", flat=True)[:20]:
        mapping = {field: column for field, column in known.items() if field != TIME_FORM}
        if mapping and set(mapping.values()) <= set(columns):
            return known
    return {}


def _time_forms(contents: str, mapping: Mapping[str, str], database: duckdb.DuckDBPyConnection) -> list[str]:
    """How the file writes its times; more than one form if that cannot be known, nor from an earlier import."""
    if "time" not in mapping:
        return [ISO]
    column = mapping["time"].replace('"', '""')
    query = f'SELECT DISTINCT "{column}" FROM {ROWS} USING SAMPLE reservoir({_SAMPLED} ROWS) REPEATABLE (1)'  # noqa: S608
    forms = time_forms(value for (value,) in database.execute(query).fetchall())
    if len(forms) > 1 and (told := _earlier(contents, list(mapping.values())).get(TIME_FORM)) in forms:
        return [told]
    return forms


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _below_media(path: Path) -> str:
    media = Path(settings.MEDIA_ROOT).resolve()
    return str(path.resolve().relative_to(media)) if path.resolve().is_relative_to(media) else ""
