"""`manage.py lake`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from segmentation.lake import lock
from segmentation.lake.lock import writing
from tests.segmentation.lake.conftest import order, store

pytestmark = pytest.mark.django_db


def said(action: str) -> str:
    out = StringIO()
    call_command("lake", action, quiet=True, stdout=out)
    return out.getvalue()


def test_each_action_says_what_it_did() -> None:
    store(order("1", "ann", {"sku": "A"}))

    assert said("status") == "The lake is empty.\n"
    assert said("sync").startswith("1 events, 1 items, 1 customers in ")
    assert said("rebuild").startswith("1 events, 1 items, 1 customers in ")
    assert "0 files merged" in said("compact")
    assert "events" in said("status")


def test_a_busy_lake_is_an_error_to_read_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    with writing(), translation.override("en"), pytest.raises(CommandError, match="Another process"):
        said("sync")
