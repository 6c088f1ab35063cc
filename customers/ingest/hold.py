"""One process's hold on an import: it lasts while the process gives signs of life, or until another takes over."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.errors import CustomersError
from customers.models import ImportBatch

logger = logging.getLogger(__name__)
State = ImportBatch.State

# An import whose process was silent for longer has lost it; a process gives a sign of life four times as often.
SILENT = timedelta(seconds=60)
BEAT = SILENT.total_seconds() / 4


class OvertakenError(CustomersError):
    """Another process carries on with the same import."""

    code = "import_overtaken"

    def __init__(self) -> None:
        super().__init__(_("Another process carries on with this import; wait for it to finish."))


@contextmanager
def held(batch: ImportBatch, *, take_over: bool) -> Iterator[ImportBatch]:
    """The import as this process's own; what stops it is written in its row, unless it was lost on the way.

    With `take_over` it is taken from a living process too: whoever starts an import by hand knows that the process
    before was killed. That process changes nothing any more. A finished import is handed out as it is.

    Raises:
        OvertakenError: another process holds it, now or by the end.
    """
    batch = _taken(batch, take_over)
    if batch.state == State.DONE:
        yield batch
        return
    try:
        with _signs_of_life(batch):
            yield batch
    except OvertakenError:
        raise
    except Exception as error:
        with suppress(OvertakenError):
            keep(batch, state=State.FAILED, error=str(error), finished_at=timezone.now())
        raise


def keep(batch: ImportBatch, **changes: object) -> None:
    """Write these fields while the import is ours.

    Raises:
        OvertakenError: it is not any more; nothing was written.
    """
    ours = ImportBatch.objects.filter(pk=batch.pk, fence=batch.fence, state=State.RUNNING)
    if not ours.update(**changes):
        raise OvertakenError
    for name, value in changes.items():
        setattr(batch, name, value)


def _taken(batch: ImportBatch, take_over: bool) -> ImportBatch:
    now = timezone.now()
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        alive = batch.state == State.RUNNING and batch.heartbeat_at and batch.heartbeat_at > now - SILENT
        if alive and not take_over:
            raise OvertakenError
        if batch.state != State.DONE:
            ImportBatch.objects.filter(pk=batch.pk).update(
                state=State.RUNNING, error="", heartbeat_at=now, finished_at=None, fence=F("fence") + 1
            )
            batch.refresh_from_db()
    return batch


@contextmanager
def _signs_of_life(batch: ImportBatch) -> Iterator[None]:
    """A thread that gives them while the body works, also while a large file is read before its first chunk."""
    finished = threading.Event()
    thread = threading.Thread(target=_beat, args=(batch.pk, batch.fence, finished), daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def _beat(pk: int, fence: int, finished: threading.Event) -> None:
    try:
        while not finished.wait(BEAT):
            try:
                ours = ImportBatch.objects.filter(pk=pk, fence=fence, state=State.RUNNING)
                ours.update(heartbeat_at=timezone.now())
            except DatabaseError:
                logger.warning("Could not note a sign of life of import %s; trying again", pk, exc_info=True)
    finally:
        connections.close_all()
