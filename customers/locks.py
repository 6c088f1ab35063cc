"""Taking turns inside a transaction."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

# Whoever writes many facts: one at a time, so that nobody waits in a circle.
FACTS = "facts"


def take_turns(name: str) -> None:
    """Wait until no other transaction holds the turn called `name`; ours ends with the transaction.

    SQLite's write transactions take turns as it is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"segtag.{name}"])


@contextmanager
def in_line(name: str) -> Iterator[None]:
    """Stand in line with other processes before a transaction begins, on SQLite.

    Its own waiting is a row of ever longer naps: under load some wait for seconds while others go in and out.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with (Path(settings.VAR_DIR) / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
