"""What the demo does before it serves. Each step does nothing when it was done before."""

import sys
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import OutputWrapper

from segtag_site.demo.audience import make_audience, make_check
from segtag_site.demo.users import ensure_users


def prepare(out: OutputWrapper, var: Path) -> dict[str, str]:
    """Everything there is to see, made or found made; returns the users' passwords."""
    out.write("Database")
    call_command("migrate", interactive=False, verbosity=0)
    passwords = ensure_users(var)
    out.write("Customers, products, orders, campaigns")
    call_command("load_demo", quiet=not sys.stderr.isatty())
    out.write("Tags and segments")
    call_command("install_taxonomy")
    out.write("The flow: lake, profiles, tags, segments")
    call_command("run_flow", if_needed=True)
    out.write("One audience, frozen and exported")
    make_audience()
    make_check()
    return passwords
