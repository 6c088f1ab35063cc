"""The door bell of imports: Celery tasks that carry an import's id and nothing else."""

import logging
from datetime import timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from customers import imports, uploads
from customers.duplicates import searching
from customers.errors import CustomersError
from customers.ingest import hold
from customers.models import DuplicateSearch, ImportBatch

logger = logging.getLogger(__name__)

# Seconds one import may take before it is stopped; below the broker's visibility timeout. Running it again goes on.
TIME_LIMIT = 4 * 3600
# An import that waits for longer is rung for again.
WAITS = timedelta(seconds=15)


@shared_task(name="customers.run_import", time_limit=TIME_LIMIT)
def run_import(batch_id: int) -> None:
    """Carry on with one import, unless another worker does; what stopped it is written in its row."""
    try:
        imports.run_import(batch=ImportBatch.objects.get(pk=batch_id), take_over=False)
    except CustomersError as error:
        logger.warning("Import %s: %s", batch_id, error.message)


@shared_task(name="customers.sweep_imports")
def sweep_imports() -> None:
    """Ring again for uploaded imports that nobody works at: their message or their worker was lost; tidy uploads."""
    now = timezone.now()
    waiting = Q(state=ImportBatch.State.QUEUED, created_at__lt=now - WAITS)
    silent = Q(state=ImportBatch.State.RUNNING, heartbeat_at__lt=now - hold.SILENT)
    for batch_id in ImportBatch.objects.filter(waiting | silent).exclude(path="").values_list("pk", flat=True):
        ring(batch_id)
    uploads.sweep()


def enqueue(batch: ImportBatch) -> None:
    """Ring for this import once its row is committed. Never raises for a broker that is down."""
    transaction.on_commit(partial(ring, batch.pk))


def ring(batch_id: int) -> None:
    """Ring now."""
    try:
        run_import.apply_async(args=[batch_id])
    except (OperationalError, OSError):
        logger.warning("The broker is down; import %s waits for the next sweep", batch_id)


@shared_task(name="customers.find_duplicates", time_limit=2 * 3600)
def find_duplicates(search_id: int | None = None) -> None:
    """The search that was asked for; without an id, by the timetable, one of its own unless another one runs."""
    try:
        noted = DuplicateSearch.objects.get(pk=search_id) if search_id else searching.ask_for_search()
    except CustomersError:
        return
    searching.search(noted=noted)


def enqueue_search(noted: DuplicateSearch) -> None:
    """Ring for this search once its row is committed. Never raises for a broker that is down."""

    def ring_for_search() -> None:
        try:
            find_duplicates.apply_async(args=[noted.pk])
        except (OperationalError, OSError):
            logger.warning("The broker is down; the search for duplicates has to be asked for again")
            DuplicateSearch.objects.filter(pk=noted.pk).update(ended_at=timezone.now(), failed=True)

    transaction.on_commit(ring_for_search)
