"""`manage.py rotate_keys`: put everything encrypted under the first secret of SEGTAG_IDENTIFIER_KEY."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from customers.privacy import rotation
from customers.privacy.crypto import key_ids


class Command(BaseCommand):
    help = "Encrypts identifiers anew with the newest secret. Others may read and write meanwhile; can be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say how much needs an older secret")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            started = time.perf_counter()
            rows = rotation.rotate()
            self.stdout.write(f"{rows:,} rows under key {key_ids()[0]} in {time.perf_counter() - started:.1f} s")
        left = rotation.waiting()
        self.stdout.write(
            f"{left:,} rows or keys still need an older secret" if left else "Nothing needs an older secret."
        )
