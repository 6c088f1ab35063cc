"""Real processes for tests: they share the test's database, folder and broker, and can be killed or frozen."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parent.parent


def environment() -> dict[str, str]:
    """What a process needs to work on the test's own database."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "segtag_site.settings",
        "DATABASE_URL": database_url(),
        "SEGTAG_VAR": str(settings.VAR_DIR),
        "SEGTAG_LAKE": str(settings.LAKE_DIR),
        "REDIS_URL": settings.REDIS_URL,
        "SEGTAG_DEMO": "1",
    }


def database_url() -> str:
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    return f"postgres://{now['USER']}:{now['PASSWORD']}@{now['HOST'].replace('/', '%2F')}:{now['PORT']}/{now['NAME']}"


class Process:
    """A process group of its own."""

    def __init__(self, *arguments: str, **extra: str) -> None:
        self.output = Path(settings.VAR_DIR) / f"process-{time.monotonic_ns()}.log"
        with self.output.open("wb") as log:
            self.popen = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environment() | extra,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        os.killpg(self.popen.pid, number)

    def kill(self) -> None:
        """As the kernel does when memory runs out: the whole group, at once."""
        if self.popen.poll() is None:
            self.signal(signal.SIGKILL)
        self.popen.wait(timeout=10)

    def said(self) -> str:
        return self.output.read_text(errors="replace")


def celery_worker(*include: str, **extra: str) -> Process:
    """A Celery worker with one slot that also knows the handlers of the modules `include`."""
    return Process(
        "-m", "celery", "-A", "segtag_site", "worker", "--concurrency=1", "--loglevel=INFO", "--without-gossip",
        "--without-mingle", *(f"--include={module}" for module in include), **extra,
    )  # fmt: skip


def wait_until(condition: Callable[[], object], *, seconds: float = 120, what: str = "") -> None:
    """Returns when the condition holds; fails when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what or f"not within {seconds} s"
        time.sleep(0.05)
