"""Imports a file of order lines."""

import gc
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils.timezone import localtime

from customers.errors import CustomersError
from customers.import_selectors import import_books
from customers.imports import Preview, create_import, preview_orders, run_import
from customers.ingest.order_columns import FIELDS
from customers.ingest.order_lines import Line, SetAside
from customers.models import ImportBatch
from customers.progress import Bars


class Command(BaseCommand):
    help = (
        "Imports orders from a CSV (UTF-8, GB18030) or Parquet file with one row per order line. "
        "Columns are found by their headers; --dry-run shows how. Run again after an interruption: it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"the column of a field, if its header does not say so; fields: {', '.join(FIELDS)}",
        )
        parser.add_argument("--time-format", help="how times are written, for example %%d/%%m/%%Y %%H:%%M")
        parser.add_argument("--dry-run", action="store_true", help="show the mapping and the first rows, store nothing")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    @no_translations
    def handle(self, **options: Any) -> None:
        known = {"path": options["file"], "mapping": _mapping(options["map"]), "time_form": options["time_format"]}
        try:
            if options["dry_run"]:
                self._show(preview_orders(**known))
            else:
                self._import(create_import(**known), options["file"], quiet=options["quiet"])
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
        self.stdout.write(f"{books.orders:,} orders; {books.buyers:,} customers with order lines in the file.")

    def _show(self, preview: Preview) -> None:
        self.stdout.write(f"{preview.description}; about {preview.rows:,} rows; times as {preview.time_form}")
        for field in FIELDS:
            need = "  <- needed: --map " + f"{field}=COLUMN" if field in preview.missing else ""
            self.stdout.write(f"  {field:<12} {preview.mapping.get(field, '-')}{need}")
        if preview.missing:
            raise CommandError(f"The file's columns are {', '.join(preview.columns)}.")
        for _row, read in preview.first_rows:
            self.stdout.write(_in_words(read))


def _in_words(read: Line | SetAside) -> str:
    if isinstance(read, SetAside):
        return f"  row {read.number}: {read.outcome} ({read.reason})"
    kind = "cancels" if read.cancelled else "buys"
    what = f"{read.quantity:g} x {read.sku} at {read.price:g} = {read.amount:g}"
    time = localtime(read.time).strftime("%Y-%m-%d %H:%M")
    return f"  row {read.number}: order {read.order_id}, {time}, {read.customer_id} {kind} {what}"


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = dict(pair.partition("=")[::2] for pair in pairs)
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise CommandError(f"--map takes FIELD=COLUMN, not {wrong[0]}.")
    return mapping
