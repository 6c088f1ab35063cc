"""Makes the lake again from the database. Readers keep the old one until the new one is complete."""

from segmentation.lake.lock import writing
from segmentation.lake.sync import Progress, SyncReport, copy, silent


def rebuild(*, progress: Progress = silent) -> SyncReport:
    """Copy everything again into new versions of the tables, then publish them.

    Killed on the way, it leaves the published lake as it was; the next sync completes what was begun.
    """
    with writing():
        return copy(progress, afresh=True)
