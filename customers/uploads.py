"""Uploaded files on disk: readable by nobody else, and gone when they are imported or forgotten."""

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from customers.models import ImportBatch

State = ImportBatch.State
# How long an upload waits for its mapping.
WAITS = timedelta(days=1)
# How long the file of an import that failed waits to be run again.
WAITS_FOR_REPAIR = timedelta(days=7)


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def kept(chunks: Iterable[bytes]) -> Path:
    """The upload on disk. Its own name is only a label: it might be anything."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / uuid4().hex
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return path


def replace(batch: ImportBatch, path: str) -> None:
    """The same file was uploaded once more for an import that is not done: the newer copy serves it if none is left."""
    if path and not (batch.path and (Path(settings.MEDIA_ROOT) / batch.path).exists()):
        ImportBatch.objects.filter(pk=batch.pk).update(path=path)
        batch.path = path


def discard(batch: ImportBatch) -> None:
    """Delete the copy of an import that is done."""
    if batch.state == State.DONE and batch.path:
        (Path(settings.MEDIA_ROOT) / batch.path).unlink(missing_ok=True)


def sweep() -> int:
    """Delete the copies that nobody will ask for any more; returns how many."""
    now = timezone.now()
    unfinished = ImportBatch.objects.exclude(path="").exclude(state=State.DONE)
    needed = set(unfinished.exclude(finished_at__lt=now - WAITS_FOR_REPAIR).values_list("path", flat=True))
    old = now.timestamp() - WAITS.total_seconds()
    deleted = 0
    for path in folder().glob("*"):
        if path.stat().st_mtime < old and f"{folder().name}/{path.name}" not in needed:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted
