"""One writer at a time: a lock on a file in the lake, which dies with the process that holds it."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError

# Seconds to wait for another writer; a first sync of a large shop takes minutes.
PATIENCE = 600.0
POLL = 0.1


@contextmanager
def writing(*, patience: float | None = None) -> Iterator[None]:
    """Hold the lake for writing, from the first commit until the snapshot is published.

    Not re-entrant. Raises SegmentationError "lake_busy" when another process keeps it for more than `patience`
    seconds (PATIENCE unless told).
    """
    folder = Path(settings.LAKE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".writer").open("w") as file:
        deadline = time.monotonic() + (PATIENCE if patience is None else patience)
        while not _taken(file.fileno()):
            if time.monotonic() >= deadline:
                raise SegmentationError(
                    _("Another process is writing the lake. Try again when its run has ended."), code="lake_busy"
                )
            time.sleep(POLL)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
