"""Loads the demo's shop."""

import gc
from argparse import ArgumentParser
from collections.abc import Mapping
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from customers.demo.load import demo_batch, load_demo
from customers.models import ImportBatch
from customers.progress import Bars


class Command(BaseCommand):
    help = (
        "Loads The Complete Journey: 2,469 households of a grocer, their baskets, campaigns and coupons. "
        "Starts where it stopped; a second start loads nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-shift", action="store_true", help="keep the dates of 2017")
        parser.add_argument("--households", type=int, help="load the first so many households only")
        parser.add_argument("--quiet", action="store_true", help="no progress bars")

    def handle(self, **options: Any) -> None:
        batch = demo_batch(shift=not options["no_shift"], households=options["households"])
        if batch.state == ImportBatch.State.DONE:
            self.stdout.write(f"The demo is loaded: {_books(batch)}.")
            return
        self.stdout.write(f"{batch.file_name}: {batch.notice}")
        self.stdout.write("Names, e-mails, phones, addresses and consents are invented.")
        gc.set_threshold(50_000, 20, 100)  # Rows make no cycles: looking for them takes an eighth of the time.
        start, before = monotonic(), batch.rows_read
        batch = load_demo(batch=batch, show=lambda totals: _bars(totals, quiet=options["quiet"]))
        rate = (batch.rows_read - before) / (monotonic() - start)
        self.stdout.write(f"Loaded {_books(batch)} ({rate:,.0f} rows/s).")


def _bars(totals: Mapping[str, int], *, quiet: bool) -> Bars:
    return Bars(totals, quiet=quiet)


def _books(batch: ImportBatch) -> str:
    return ", ".join(f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in batch.counts.items())
