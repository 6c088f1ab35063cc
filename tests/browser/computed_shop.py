"""A slice of the real shop with everything computed: made once, brought back for each test."""

import sqlite3
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from segtag_site.demo.users import ensure_users

HOUSEHOLDS = 150


def open_shop(settings_of_test: object) -> None:
    """The shop in the test's database and lake; the second time as a copy, where the database is a file."""
    folder = Path(settings.VAR_DIR)
    settings_of_test.LAKE_DIR = folder / "browser-lake"
    kept = folder / "browser-shop.sqlite3"
    if connection.vendor == "sqlite" and kept.exists():
        _copy(kept, connection.connection)
        return
    _fill(folder)
    if connection.vendor == "sqlite":
        with sqlite3.connect(kept) as target:
            connection.connection.backup(target)


def _fill(folder: Path) -> None:
    ensure_users(folder)
    call_command("load_demo", households=HOUSEHOLDS, quiet=True)
    call_command("install_taxonomy")
    call_command("run_flow")


def _copy(source: Path, target: sqlite3.Connection) -> None:
    with sqlite3.connect(source) as kept:
        kept.backup(target)
