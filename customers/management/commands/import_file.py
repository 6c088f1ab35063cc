"""Imports a file of customers, orders, products, consents or events."""

import gc
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils.timezone import localtime

from customers.errors import CustomersError
from customers.import_selectors import import_books
from customers.imports import Preview, create_import, preview_file, run_import
from customers.ingest.contents import all_contents, contents_of
from customers.ingest.contents.base import KEPT, Contents, SetAside
from customers.models import ImportBatch
from customers.progress import Bars


class Command(BaseCommand):
    help = (
        "Imports a CSV (UTF-8, GB18030), XLSX, Parquet or JSON Lines file. "
        "Columns are found by their headers; --dry-run shows how. Run again after an interruption: it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("contents", choices=list(all_contents()), help="what the rows are about")
        self.add_options(parser)

    def add_options(self, parser: ArgumentParser) -> None:
        """What every import takes."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="the column of a field, if its header does not say so; --dry-run lists the fields",
        )
        parser.add_argument(
            "--keep",
            action="append",
            default=[],
            metavar="COLUMN",
            help="keep a column that is no field, as trait, attribute or property",
        )
        parser.add_argument("--time-format", help="how times are written, for example %%d/%%m/%%Y %%H:%%M")
        parser.add_argument("--dry-run", action="store_true", help="show the mapping and the first rows, store nothing")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    @no_translations
    def handle(self, **options: Any) -> None:
        mapping = _mapping(options["map"]) | {KEPT + column: column for column in options["keep"]}
        told = {"contents": options["contents"], "mapping": mapping, "time_form": options["time_format"]}
        try:
            if options["dry_run"]:
                self._show(contents_of(options["contents"]), preview_file(path=options["file"], **told))
            else:
                batch = create_import(path=options["file"], **told)
                self._import(batch, options["file"], quiet=options["quiet"])
        except CustomersError as error:
            raise CommandError(error.message) from None

    def _import(self, batch: ImportBatch, path: Path, *, quiet: bool) -> None:
        gc.set_threshold(50_000, 20, 100)  # Rows make no cycles: looking for them takes an eighth of the time.
        bars = Bars({"rows": batch.rows_total}, quiet=quiet)
        start, before = monotonic(), batch.rows_read
        batch = run_import(batch=batch, path=path, on_progress=bars)
        bars.close()
        rate = (batch.rows_read - before) / (monotonic() - start)
        books = import_books(batch)
        for entry in books.entries:
            self.stdout.write(f"{entry.rows:>12,}  {entry.label}")
        self.stdout.write(f"{books.rows_read:>12,}  rows in all ({rate:,.0f} rows/s)")
        if books.orders or books.buyers:
            self.stdout.write(f"{books.orders:,} orders; {books.buyers:,} customers with order lines in the file.")

    def _show(self, contents: Contents, preview: Preview) -> None:
        times = f"; times as {preview.time_form}" if preview.time_form else ""
        self.stdout.write(f"{preview.description}; about {preview.rows:,} rows{times}")
        for field in contents.fields:
            need = "  <- needed: --map " + f"{field}=COLUMN" if field in preview.missing else ""
            self.stdout.write(f"  {field:<12} {preview.mapping.get(field, '-')}{need}")
        if preview.time_forms:
            raise CommandError(f"Day or month first? Say it: --time-format {' or '.join(preview.time_forms)}.")
        if preview.missing:
            raise CommandError(f"The file's columns are {', '.join(preview.columns)}.")
        for number, (_row, read) in enumerate(preview.first_rows, 1):
            self.stdout.write(f"  {number}: {_in_words(contents, read)}")


def _in_words(contents: Contents, read: tuple[object, ...] | SetAside) -> str:
    if isinstance(read, SetAside):
        return f"{read.outcome} ({read.reason})"
    told = zip(contents.titles, read, strict=True)
    return ", ".join(f"{title} {_cell(value)}" for title, value in told if value != "")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return localtime(value).strftime("%Y-%m-%d %H:%M") if hasattr(value, "tzinfo") else str(value)


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = dict(pair.partition("=")[::2] for pair in pairs)
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise CommandError(f"--map takes FIELD=COLUMN, not {wrong[0]}.")
    return mapping
