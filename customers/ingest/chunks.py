"""Runs an import chunk by chunk; each chunk's facts and its part of the books are stored in one transaction.

So a kill at any moment leaves whole chunks, and running again goes on after the last one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from customers.ingest.hold import held, keep
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
    take_over: bool = True,
) -> ImportBatch:
    """Store the chunks that are not stored yet and close the batch; `summary` is asked after the last.

    Chunks must come in the same order and sizes each time. Two processes may run the same batch: only one goes on.

    Raises:
        OvertakenError: the other one does.
    """
    with held(batch, take_over=take_over) as batch:
        if batch.state == State.DONE:
            return batch
        position = 0
        for chunk in chunks:
            start, position = position, position + chunk.rows
            if position > batch.rows_read:
                _store(batch, chunk, start)
            on_progress(chunk.step, chunk.rows)
        counts = {**batch.counts, **summary()}
        keep(batch, state=State.DONE, finished_at=timezone.now(), rows_total=batch.rows_read, counts=counts)
    return batch


def _store(batch: ImportBatch, chunk: Chunk, start: int) -> None:
    with transaction.atomic():
        # Our row first: whoever wants to take over has to wait, and nothing is stored for one who has.
        keep(batch, heartbeat_at=timezone.now())
        counts = dict(Counter(batch.counts) + Counter(chunk.store()))
        keep(batch, counts=counts, rows_read=start + chunk.rows, heartbeat_at=timezone.now())
