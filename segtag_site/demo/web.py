"""Gunicorn's settings in the demo: one process with eight threads."""

from typing import Any

from django.urls import get_resolver

from segtag_site.demo.processes import READY

wsgi_app = "segtag_site.wsgi"
worker_class = "gthread"
workers = 1
threads = 8
timeout = 120
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """Loads every page's code before the first person asks, then tells the runner."""
    _ = get_resolver().url_patterns
    print(READY, flush=True)
