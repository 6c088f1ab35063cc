"""Backs up database, lake, uploads and exports."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from segtag_site.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Makes a folder with database, lake, uploads and exports below FOLDER. The secrets are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            self.stdout.write(str(back_up(folder)))
        except BackupError as error:
            raise CommandError(str(error)) from None
