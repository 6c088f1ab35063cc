"""Puts a backup back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from segtag_site.backup import BackupError, restore, verify


class Command(BaseCommand):
    help = "Puts a backup in the place of what is here. Stop web, worker, beat and live first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="BACKUP")
        parser.add_argument("--replace", action="store_true", help="yes, throw away what is here")

    def handle(self, *args: Any, folder: Path, replace: bool, **options: Any) -> None:
        try:
            manifest = restore(folder) if replace else verify(folder)
        except BackupError as error:
            raise CommandError(str(error)) from None
        counts = ", ".join(f"{number} {what}" for what, number in manifest["counts"].items())
        self.stdout.write(f"{'Restored' if replace else 'Whole'}: {counts}, of {manifest['made']}.")
        if not replace:
            self.stdout.write("Nothing was changed; --replace puts it in the place of what is here.")
