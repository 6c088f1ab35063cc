"""What the demo tells the person who started it."""

import textwrap

from customers.models import ImportBatch
from segtag_site.demo.address import Address

WIDTH = 100


def welcome(address: Address, passwords: dict[str, str]) -> str:
    """Where to look, who can sign in, and what the publisher of the data wants to be known."""
    users = [f"  {username:<16} {password}" for username, password in passwords.items()]
    return "\n".join(
        ["", f"SegTag is ready: {address.url}", "", "Sign in as", *users, "", *_notices(), "Ctrl-C ends it all.", ""]
    )


def _notices() -> list[str]:
    notices = ImportBatch.objects.exclude(notice="").values_list("notice", flat=True).distinct().order_by("notice")
    return [line for notice in notices for line in (*textwrap.wrap(notice, WIDTH), "")]
