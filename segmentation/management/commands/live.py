"""Keeps single customers' tags and segments fresh, until it is told to stop."""

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from segmentation.live.refreshing import refresh

# Seconds between two looks when nothing waits, and after an error of the database.
PAUSE, AFTER_ERROR = 0.3, 2.0


class Command(BaseCommand):
    help = "Judges customers anew within a second of what is told of them, until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing waits any more")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stopped: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: stopped.append(number))
        while not stopped:
            try:
                found = refresh()
            except DatabaseError as error:
                self.stderr.write(f"The database refused, trying again: {error}")
                found = 0
                time.sleep(AFTER_ERROR)
            if not found:
                if once:
                    return
                close_old_connections()
                time.sleep(PAUSE)
