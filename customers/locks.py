"""Taking turns inside a transaction."""

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
