"""What every test can ask for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from customers.ingest import settled
from customers.models import AccessLog
from customers.privacy.append_only import protect, unprotect
from tests.broker import Broker
from tests.workers import Process

# How fast the machine is proves nothing about the code.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what touches the database (`-m database`), and skips what this machine has no server or browser for."""
    for item in items:
        if item.get_closest_marker("django_db") or issubclass(
            getattr(item, "cls", None) or object, TransactionTestCase
        ):
            item.add_marker("database")
        if item.get_closest_marker("browser") and not shutil.which("chromium"):
            item.add_marker(pytest.mark.skip(reason="needs chromium (Debian: apt install chromium fonts-noto-cjk)"))
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: DATABASE_URL=postgres://… make test"))


@pytest.fixture(scope="session")
def _broker() -> Iterator[Broker]:
    server = Broker(Path(settings.VAR_DIR))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def broker(_broker: Broker) -> Broker:
    """The broker and cache, running when the test starts, whatever the one before did to it."""
    if not _broker.answers():
        _broker.start()
    return _broker


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """Processes put in here are gone when the test ends."""
    started: list[Process] = []
    yield started
    for process in started:
        process.kill()
        print(f"--- {' '.join(process.popen.args[1:])}\n{process.said()}")  # pytest shows it when the test fails


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_are_emptied_too() -> Iterator[None]:
    """After a test with real transactions Django empties all tables; SQLite's triggers would refuse that."""
    empty = TransactionTestCase._fixture_teardown

    def teardown(test: TransactionTestCase) -> None:
        unprotect(connection, AccessLog._meta.db_table)
        empty(test)
        protect(connection, AccessLog._meta.db_table)
        settled.forget()

    with patch.object(TransactionTestCase, "_fixture_teardown", teardown):
        yield


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data sets."""
    folder = Path(os.environ.get("SEGTAG_DATA") or settings.BASE_DIR.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no real data here; SEGTAG_DATA names its folder")
    return folder
