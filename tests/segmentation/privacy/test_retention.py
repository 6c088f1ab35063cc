"""What was kept long enough goes, after a dry run that told what; books and history still add up."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pyroaring import BitMap

from customers.models import (  # fmt: skip
    AccessLog,
    Customer,
    Event,
    ImportBatch,
    ImportReject,
    PersonalRecord,
    QuarantinedMessage,
    Source,
)
from customers.privacy import access_log
from customers.tracking import quarantine
from customers.tracking.messages import Envelope
from segmentation.errors import SegmentationError
from segmentation.lake import delta
from segmentation.lake.sync import sync
from segmentation.lake.tables import EVENTS, FEATURES, ITEMS
from segmentation.privacy import retention
from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from tests.campaign import NOW, open_shop, run
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db(transaction=True)
# The shop's day, seen from the clock that periods are counted by.
BOOKS = {"rows": 3, "invalid": 1}
AGE = (timezone.now() - NOW).days


@pytest.fixture
def shop(settings, tmp_path: Path) -> Path:
    """Orders of the last 30 days before NOW, their features on two dates, rows and messages set aside, a set."""
    settings.LAKE_DIR = tmp_path / "lake"
    customers = open_shop(12)
    Event.objects.filter(message_id="order-11").update(time=NOW - timedelta(days=100))
    sync()
    for days in (60, 0):
        run(Run.objects.create(kind="profiles.compute", as_of=NOW - timedelta(days=days)))
    batch = ImportBatch.objects.create(source="orders_csv", file_name="x.csv", state="done", counts=BOOKS)
    ImportBatch.objects.update(created_at=NOW)
    ImportReject.objects.create(batch=batch, line=2, outcome="invalid", reason="no_time", row={"who": "C-001"})
    source = Source.objects.create(name="web", key_hash="0" * 64)
    message = {"type": "track", "userId": "C-001", "messageId": "m-1", "event": ""}
    quarantine.keep([quarantine.SetAside(message, "event_name", Envelope(source.pk, NOW, {}, "track"))])
    QuarantinedMessage.objects.update(received_at=NOW)
    Customer.objects.update(created_at=NOW - timedelta(days=200))
    named = store.named(NamedSet.Kind.SEGMENT, "all", label_zh="全部", label_en="All")
    for members in ([1, 2], [2]):
        store.publish({named: BitMap(customers[n].pk for n in members)}, run=None, as_of=NOW)
    return tmp_path


def keep(key: str, days: int) -> None:
    user = user_of("privacy-officer") if not AccessLog.objects.filter(action="retention.set").exists() else None
    retention.set_period(key=key, days=days, by=user or AccessLog.objects.latest("pk").actor)


def rows(name: str) -> int:
    return delta.opened(name).to_pyarrow_table().num_rows


def test_a_dry_run_tells_what_would_go_and_changes_nothing(shop: Path) -> None:
    tried = retention.dry_run("events", AGE + 10, timezone.now())
    assert tried.due == Event.objects.filter(time__lt=tried.before).count() > 1
    assert tried.sample[0].startswith("Order Completed · 2025-12-0")
    assert all("C-0" not in line for line in tried.sample)
    assert retention.dry_run("features", AGE + 10, timezone.now()).due == 12
    assert retention.request_retention() is None
    assert Event.objects.count() == 13


def test_old_events_go_from_database_and_lake_and_nothing_else_changes(shop: Path) -> None:
    versions = list(SetVersion.objects.order_by("pk").values("size", "entered_count", "left_count"))
    last = max(delta.mark(delta.opened(EVENTS), "last_event"), 0)
    keep("events", AGE + 10)
    left = 13 - retention.dry_run("events", AGE + 10, timezone.now()).due

    ended = run(retention.request_retention())

    assert ended.result["rows"] == {"events": 13 - left}
    assert (Event.objects.count(), rows(EVENTS)) == (left, left)
    limit = timezone.now() - timedelta(days=AGE + 10)
    files = [path for path in (shop / "lake" / EVENTS).rglob("*.parquet") if "_delta_log" not in path.parts]
    files += [path for path in (shop / "lake" / ITEMS).rglob("*.parquet") if "_delta_log" not in path.parts]
    assert min(min(pq.read_table(path, partitioning=None)["time"].to_pylist()) for path in files) >= limit
    assert delta.mark(delta.opened(EVENTS), "last_event") == last
    assert sync().events == 0, "what is left was not copied again"
    assert list(SetVersion.objects.order_by("pk").values("size", "entered_count", "left_count")) == versions
    assert ImportBatch.objects.get().counts == BOOKS
    assert access_log.verify().sound
    assert run(retention.request_retention()).result["rows"] == {"events": 0}


def test_of_rows_and_messages_set_aside_the_reason_stays(shop: Path) -> None:
    for key in ("rows_set_aside", "messages_set_aside"):
        keep(key, 7)
    assert run(retention.request_retention()).result["rows"] == {"rows_set_aside": 1, "messages_set_aside": 1}
    assert ImportReject.objects.values("line", "reason", "row").get() == {"line": 2, "reason": "no_time", "row": {}}
    assert QuarantinedMessage.objects.values("reason", "payload", "message_id").get() == {
        "reason": "event_name", "payload": "", "message_id": "",
    }  # fmt: skip


def test_who_was_here_lately_keeps_a_name_also_by_a_merge(shop: Path) -> None:
    two, eleven = (Customer.objects.get(external_id=f"C-0{n}") for n in ("10", "11"))
    Event.objects.filter(customer=two).update(time=NOW - timedelta(days=100))
    Customer.objects.filter(external_id="C-000").update(merged_into=two)
    keep("identifiers", AGE + 50)
    run(retention.request_retention())
    kept = set(PersonalRecord.objects.values_list("customer__external_id", flat=True))
    assert "C-011" not in kept
    assert len(kept) == 11
    assert Customer.objects.filter(pk=eleven.pk).exists()


def test_of_features_the_newest_date_always_stays(shop: Path) -> None:
    keep("features", 7)
    run(retention.request_retention())
    assert rows(FEATURES) == 12
    assert retention.dry_run("features", 7, timezone.now()).due == 0


def test_a_killed_run_goes_on(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from segmentation.runs.executor import execute

    keep("events", AGE + 10)
    with monkeypatch.context() as patched:
        patched.setattr("segmentation.lake.forgetting._rewrite", lambda *_: 1 / 0)
        execute(retention.request_retention().pk)
    left = Event.objects.count()
    run(retention.request_retention())
    sync()
    assert rows(EVENTS) == left


def test_only_who_may_erase_sets_periods_and_none_too_short(shop: Path) -> None:
    with pytest.raises(PermissionDenied):
        retention.set_period(key="events", days=30, by=user_of("operator"))
    for days in (1, 10**6):
        with pytest.raises(SegmentationError):
            retention.dry_run("events", days, timezone.now())


def test_page_and_command_show_the_dry_run_before_anything_goes(shop: Path, capsys) -> None:
    officer = Client()
    officer.force_login(user_of("privacy-officer"))
    assert officer.get("/privacy/retention/").context["any_period"] is False
    tried = officer.get(f"/privacy/retention/events/?days={AGE + 10}")
    assert tried.context["tried"].due > 1
    assert retention.periods() == {}
    assert officer.post("/privacy/retention/events/", {"days": AGE + 10}).url == "/privacy/retention/"
    assert officer.get("/privacy/retention/").context["any_due"] is True
    assert officer.get("/privacy/retention/events/?days=1").status_code == 302

    call_command("retention")
    told = capsys.readouterr().out
    assert f"events: {AGE + 10} days, {tried.context['tried'].due} rows due" in told
    assert "features: for ever" in told
    assert Event.objects.count() == 13
    call_command("retention", "--apply")
    assert Event.objects.count() == 13 - tried.context["tried"].due
    officer.post("/privacy/retention/events/", {"days": AGE + 10, "for_ever": "1"})
    assert retention.periods() == {}
