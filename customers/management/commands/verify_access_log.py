"""`manage.py verify_access_log`: check that every entry is as it was written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.privacy import access_log


class Command(BaseCommand):
    help = "Checks the chain of the access log and prints its newest seal, worth noting elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", help="a seal noted earlier: it must be in the log, or its end was cut off")

    def handle(self, *args: Any, head: str | None, **options: Any) -> None:
        found = access_log.verify(head=head)
        if found.broken_at is not None:
            raise CommandError(f"Entry {found.broken_at} is not as it was written.")
        if not found.head_found:
            raise CommandError("The log ends before this seal: its end was cut off.")
        self.stdout.write(f"{found.entries:,} entries, all as they were written. Newest seal: {access_log.head()}")
