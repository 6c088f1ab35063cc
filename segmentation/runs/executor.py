"""Executes one run: claim, keep alive, call the handler, end it. The same in a worker and in the foreground."""

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connections

from segmentation.errors import SegmentationError
from segmentation.runs.claims import Claim, Fenced, Listener, claim
from segmentation.runs.handlers import handler_of
from segmentation.runs.models import Run

logger = logging.getLogger(__name__)

# Seconds between two signs of life; a quarter of the lease.
BEAT = 15.0


def execute(run_id: UUID, *, listen: Listener | None = None) -> Run | None:
    """The run as it ended; None when it was not ours to execute. Never raises for what a handler did wrong."""
    claimed = claim(run_id)
    if claimed is None:
        return None
    claimed.listen = listen
    logger.info("Run %s (%s) started, attempt %d", claimed.run, run_id, claimed.run.attempt)
    with _kept_alive(claimed):
        try:
            _execute(claimed)
        except Fenced as error:
            logger.warning("Run %s (%s) fenced: %s", claimed.run, run_id, error)
    run = Run.objects.get(pk=run_id)
    logger.info("Run %s (%s) %s %s", run, run_id, run.state, run.error)
    return run


def _execute(claimed: Claim) -> None:
    try:
        result = handler_of(claimed.run.kind)(claimed)
        if not claimed.committed:
            with claimed.commit(result):
                pass
    except Fenced:
        raise
    except SegmentationError as error:
        claimed.fail(error.code, f"{error.where}: {error.message}" if error.where else error.message)
    except SoftTimeLimitExceeded:
        claimed.fail("timeout", "The run took longer than a run may.")
    except Exception as error:
        logger.exception("Run %s (%s) broke", claimed.run, claimed.run.pk)
        claimed.retry_later("unexpected", f"{type(error).__name__}: {error}")
    except BaseException:  # the process is told to stop
        with suppress(Fenced):
            claimed.release()
        raise


@contextmanager
def _kept_alive(claimed: Claim) -> Iterator[None]:
    """A thread that renews the lease while the body works."""
    finished = threading.Event()
    thread = threading.Thread(target=_beat, args=(claimed, finished), daemon=True, name=f"heartbeat-{claimed.run.pk}")
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def _beat(claimed: Claim, finished: threading.Event) -> None:
    limit = claimed.run.timeout_seconds
    deadline = time.monotonic() + limit if limit else math.inf
    try:
        while not finished.wait(min(BEAT, max(0.0, deadline - time.monotonic()))):
            try:
                if time.monotonic() >= deadline:
                    claimed.expire()
                    return
                claimed.renew()
            except Fenced:
                return  # the next heartbeat of the work itself, or its commit, will say so
            except DatabaseError:
                logger.warning("Could not renew the lease of run %s; trying again", claimed.run.pk, exc_info=True)
    finally:
        connections.close_all()
