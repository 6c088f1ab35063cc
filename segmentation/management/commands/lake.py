"""The lake, by hand: bring it up to date, tidy it, make it again, look at it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from segmentation.errors import SegmentationError
from segmentation.lake.compact import compact
from segmentation.lake.rebuild import rebuild
from segmentation.lake.selectors import lake_tables
from segmentation.lake.sync import SyncReport, sync


class Command(BaseCommand):
    help = "The columnar copy of the facts: sync (from the database), compact, rebuild, status."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["sync", "compact", "rebuild", "status"])
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *args: Any, action: str, quiet: bool, **options: Any) -> None:
        try:
            with Bars(disable=quiet) as bars:
                self._act(action, bars)
        except SegmentationError as error:
            raise CommandError(error.message) from error

    def _act(self, action: str, bars: "Bars") -> None:
        if action == "status":
            self._status()
        elif action == "compact":
            report = compact(progress=bars)
            bars.close()
            self.stdout.write(
                f"{report.merged} files merged into {report.into}, {report.deleted} deleted, {report.seconds:.1f} s"
            )
        else:
            copied = sync(progress=bars) if action == "sync" else rebuild(progress=bars)
            bars.close()
            self.stdout.write(_in_words(copied))

    def _status(self) -> None:
        tables = lake_tables()
        if not tables:
            self.stdout.write("The lake is empty.")
        for table in tables:
            self.stdout.write(
                f"{table.name:<10} version {table.version:>4}   {table.rows:>12,} rows   {table.files:>5} files   "
                f"{table.bytes / 1e6:>9.1f} MB"
            )


class Bars:
    """Shows progress as one bar per phase, with its rate."""

    def __init__(self, *, disable: bool) -> None:
        self._disable = disable
        self._bar: tqdm | None = None
        self._phase = ""

    def __enter__(self) -> "Bars":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self._bar is None or self._phase != phase:
            self.close()
            self._phase = phase
            self._bar = tqdm(desc=phase, total=total or None, unit_scale=True, disable=self._disable or None)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _in_words(report: SyncReport) -> str:
    rate = (report.events + report.items) / max(report.seconds, 1e-9)
    return (
        f"{report.events:,} events, {report.items:,} items, {report.customers:,} customers in {report.seconds:.1f} s "
        f"({rate:,.0f} rows/s); snapshot {report.snapshot}"
    )
