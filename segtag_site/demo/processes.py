"""What the demo consists of: each process's command line."""

import os
import sys
from pathlib import Path

from segtag_site.demo import valkey
from segtag_site.demo.address import Address

# The line by which the web process tells the runner that it answers.
READY = "The first page can be opened."


def commands(var: Path, address: Address) -> dict[str, list[str]]:
    """Command lines by the name the process has in the log. A broker of one's own (REDIS_URL) replaces Valkey."""
    celery = [sys.executable, "-m", "celery", "--app=segtag_site", "--quiet"]
    found = {
        "web": [sys.executable, "-m", "gunicorn", "--config=python:segtag_site.demo.web", f"--bind={address}"],
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel=WARNING", f"--schedule={var / 'beat-schedule'}", "--pidfile="],
    }
    return found if "REDIS_URL" in os.environ else {"valkey": valkey.command(var)} | found


def environment(var: Path) -> dict[str, str]:
    """What all of them find in their environment. Python's warnings are meant for developers."""
    ours = {"REDIS_URL": valkey.url(var), "SEGTAG_VAR": str(var), "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
    return ours | os.environ
