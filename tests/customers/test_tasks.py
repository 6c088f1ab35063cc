"""Imports are run by workers, and survive them."""

import os
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.utils import timezone

from customers import tasks, uploads
from customers.import_selectors import import_books
from customers.imports import create_import
from customers.ingest import hold
from customers.models import Event, ImportBatch
from tests.workers import Process, celery_worker, wait_until

State = ImportBatch.State


@pytest.fixture
def uploaded() -> ImportBatch:
    """A file that takes some seconds."""
    path = Path(settings.MEDIA_ROOT) / "imports" / "orders.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f"A{n // 3},u{n // 30},2026-03-17 09:00,{n % 99},2,1.5" for n in range(60_000))
    path.write_text("order_id,customer_id,time,sku,quantity,price\n" + "\n".join(rows))
    return create_import(path=path)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_survives_its_worker(uploaded: ImportBatch, processes: list[Process]) -> None:
    def now() -> ImportBatch:
        return ImportBatch.objects.get()

    processes.append(celery_worker())
    tasks.enqueue(uploaded)
    wait_until(lambda: now().rows_read > 0, seconds=120)
    processes[0].kill()
    assert now().state == State.RUNNING

    processes.append(celery_worker())
    ImportBatch.objects.update(heartbeat_at=timezone.now() - hold.SILENT)
    tasks.sweep_imports()
    wait_until(lambda: now().state == State.DONE, seconds=120)

    assert now().counts == {"order_lines": 60_000, "orders": 20_000, "buyers": 2_000}
    assert import_books(now()).close
    assert Event.objects.count() == 20_000


@pytest.mark.django_db
def test_the_sweep_rings_only_for_imports_that_nobody_works_at() -> None:
    now = timezone.now()
    known = {"contents": "orders", "source": "csv", "path": "imports/1.csv"}
    waits = ImportBatch.objects.create(**known)
    silent = ImportBatch.objects.create(**known, state=State.RUNNING, heartbeat_at=now - 2 * hold.SILENT)
    ImportBatch.objects.create(**known, state=State.RUNNING, heartbeat_at=now)
    ImportBatch.objects.create(**known, state=State.DONE)
    ImportBatch.objects.create(contents="orders", source="csv")
    ImportBatch.objects.update(created_at=now - timedelta(minutes=1))
    ImportBatch.objects.create(**known)

    with patch.object(tasks, "ring") as ring:
        tasks.sweep_imports()

    assert {call.args[0] for call in ring.call_args_list} == {waits.pk, silent.pk}


@pytest.mark.django_db
def test_a_worker_leaves_an_import_alone_that_another_works_at() -> None:
    known = {"contents": "orders", "source": "csv", "path": "imports/gone.csv", "mapping": {"time_form": "ISO 8601"}}
    batch = ImportBatch.objects.create(**known, state=State.RUNNING, heartbeat_at=timezone.now())

    tasks.run_import(batch.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.fence, batch.error) == (State.RUNNING, 0, "")


@pytest.mark.django_db(transaction=True)
def test_an_import_gives_signs_of_life_while_its_file_is_read(tmp_path, settings, monkeypatch) -> None:
    monkeypatch.setattr(hold, "BEAT", 0.01)
    batch = ImportBatch.objects.create(contents="orders", source="csv")

    with hold.held(batch, take_over=False) as mine:
        ImportBatch.objects.update(heartbeat_at=None)
        wait_until(lambda: ImportBatch.objects.get().heartbeat_at, seconds=60)
        with pytest.raises(hold.OvertakenError), hold.held(batch, take_over=False):
            pass
        with hold.held(batch, take_over=True) as theirs:
            with pytest.raises(hold.OvertakenError):
                hold.keep(mine, rows_read=1)
            hold.keep(theirs, rows_read=2)

    assert ImportBatch.objects.get().rows_read == 2


@pytest.mark.django_db
def test_what_a_process_ran_into_after_it_lost_the_import_is_not_written() -> None:
    batch = ImportBatch.objects.create(contents="orders", source="csv")

    with pytest.raises(ZeroDivisionError), hold.held(batch, take_over=True):
        with hold.held(batch, take_over=True):
            pass
        _ = 1 / 0

    assert ImportBatch.objects.get().state == State.RUNNING


@pytest.mark.django_db
def test_an_upload_is_ours_alone_and_gone_when_nobody_needs_it(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    done, failed, given_up, forgotten, fresh = (uploads.kept([b"a"]) for _ in range(5))
    assert fresh.stat().st_mode & 0o777 == 0o600
    assert uploads.folder().stat().st_mode & 0o777 == 0o700
    now = timezone.now()
    for path, state, finished in (
        (done, State.DONE, now),
        (failed, State.FAILED, now),
        (given_up, State.FAILED, now - uploads.WAITS_FOR_REPAIR),
    ):
        known = {"contents": "orders", "source": "csv", "path": f"imports/{path.name}"}
        uploads.discard(ImportBatch.objects.create(**known, state=state, finished_at=finished))
    assert not done.exists()
    for path in (failed, given_up, forgotten):
        os.utime(path, (0, 0))

    uploads.sweep()

    assert set(uploads.folder().iterdir()) == {failed, fresh}


@pytest.mark.django_db
def test_a_failing_import_does_not_fail_its_worker() -> None:
    batch = ImportBatch.objects.create(
        contents="orders", source="csv", path="imports/gone.csv", mapping={"time_form": "ISO 8601"}
    )

    tasks.run_import(batch.pk)

    batch.refresh_from_db()
    assert batch.state == State.FAILED


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_is_no_error(broker) -> None:
    broker.stop()
    batch = ImportBatch.objects.create(contents="orders", source="csv", path="imports/1.csv")

    tasks.enqueue(batch)

    assert ImportBatch.objects.get().state == State.QUEUED
