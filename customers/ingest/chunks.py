"""Runs an import chunk by chunk; each chunk's facts and its part of the books are stored in one transaction.

So a kill at any moment leaves whole chunks, and running again goes on after the last one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.errors import CustomersError
from customers.models import ImportBatch

State = ImportBatch.State
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a source. `store` stores their facts and says what became of the rows, by outcome."""

    step: str
    rows: int
    store: Callable[[], Mapping[str, int]]


def ignore_progress(step: str, rows: int) -> None:
    """For callers that show no progress."""


def no_summary() -> Mapping[str, int]:
    """For imports with nothing to count but rows."""
    return {}


def run(
    *,
    batch: ImportBatch,
    chunks: Iterable[Chunk],
    summary: Callable[[], Mapping[str, int]] = no_summary,
    on_progress: Progress = ignore_progress,
) -> ImportBatch:
    """Store the chunks that are not stored yet and close the batch; `summary` is asked after the last.

    Chunks must come in the same order and sizes each time. Two processes may run the same batch: only one goes on.
    """
    batch = _begin(batch)
    if batch.state == State.DONE:
        return batch
    position = 0
    try:
        for chunk in chunks:
            start, position = position, position + chunk.rows
            if position > batch.rows_read:
                batch = _store(batch, chunk, start)
            on_progress(chunk.step, chunk.rows)
    except OvertakenError:
        raise
    except Exception as error:
        fail(batch, error)
        raise
    return _end(batch, summary())


class OvertakenError(CustomersError):
    """Another process carries on with the same import."""

    code = "import_overtaken"


def _begin(batch: ImportBatch) -> ImportBatch:
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != State.DONE:
            batch.state, batch.error, batch.heartbeat_at, batch.finished_at = State.RUNNING, "", timezone.now(), None
            batch.save(update_fields=["state", "error", "heartbeat_at", "finished_at"])
    return batch


def _store(batch: ImportBatch, chunk: Chunk, start: int) -> ImportBatch:
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != State.RUNNING or batch.rows_read != start:
            raise OvertakenError(_("Another process carries on with this import; wait for it to finish."))
        batch.counts = dict(Counter(batch.counts) + Counter(chunk.store()))
        batch.rows_read, batch.heartbeat_at = start + chunk.rows, timezone.now()
        batch.save(update_fields=["counts", "rows_read", "heartbeat_at"])
    return batch


def fail(batch: ImportBatch, error: Exception) -> None:
    """Note why the import stopped; it can be run again."""
    batch.state, batch.error, batch.finished_at = State.FAILED, str(error), timezone.now()
    batch.save(update_fields=["state", "error", "finished_at"])


def _end(batch: ImportBatch, summary: Mapping[str, int]) -> ImportBatch:
    batch.state, batch.finished_at = State.DONE, timezone.now()
    batch.rows_total, batch.counts = batch.rows_read, {**batch.counts, **summary}
    batch.save(update_fields=["state", "finished_at", "rows_total", "counts"])
    return batch
