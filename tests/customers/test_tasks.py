"""Imports are run by workers, and survive them."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.utils import timezone

from customers import tasks
from customers.import_selectors import import_books
from customers.imports import create_import
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
    ImportBatch.objects.update(heartbeat_at=timezone.now() - tasks.SILENT)
    tasks.sweep_imports()
    wait_until(lambda: now().state == State.DONE, seconds=120)

    assert now().counts == {"order_lines": 60_000, "orders": 20_000, "buyers": 2_000}
    assert import_books(now()).close
    assert Event.objects.count() == 20_000


@pytest.mark.django_db
def test_the_sweep_rings_only_for_imports_that_nobody_works_at() -> None:
    now = timezone.now()
    known = {"source": "orders_csv", "path": "imports/1.csv"}
    waits = ImportBatch.objects.create(**known)
    silent = ImportBatch.objects.create(**known, state=State.RUNNING, heartbeat_at=now - 2 * tasks.SILENT)
    ImportBatch.objects.create(**known, state=State.RUNNING, heartbeat_at=now)
    ImportBatch.objects.create(**known, state=State.DONE)
    ImportBatch.objects.create(source="orders_csv")
    ImportBatch.objects.update(created_at=now - timedelta(minutes=1))
    ImportBatch.objects.create(**known)

    with patch.object(tasks, "ring") as ring:
        tasks.sweep_imports()

    assert {call.args[0] for call in ring.call_args_list} == {waits.pk, silent.pk}


@pytest.mark.django_db
def test_a_failing_import_does_not_fail_its_worker() -> None:
    batch = ImportBatch.objects.create(source="orders_csv", path="imports/gone.csv", mapping={"time_form": "ISO 8601"})

    tasks.run_import(batch.pk)

    batch.refresh_from_db()
    assert batch.state == State.FAILED


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_is_no_error(broker) -> None:
    broker.stop()
    batch = ImportBatch.objects.create(source="orders_csv", path="imports/1.csv")

    tasks.enqueue(batch)

    assert ImportBatch.objects.get().state == State.QUEUED
