"""Files written whole or not at all, for their owner alone, with their fingerprint."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from segmentation.activation.destinations.base import Shipment
from segmentation.safe_csv import Sink


class Fingerprint:
    """Passes bytes on, counts them and keeps their SHA-256."""

    def __init__(self, file: Sink) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        self.file.write(data)
        return len(data)

    def flush(self) -> None:
        """Bytes lie with the file; whoever opened it writes them out."""


def place_for(shipment: Shipment, ending: str) -> Path:
    """The path of the shipment's file; what a killed attempt left behind is gone, a later attempt's file is not."""
    shipment.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in shipment.folder.glob(f"*-{shipment.key}-*"):
        attempt = path.stem.rpartition("-")[2]
        if attempt.isdigit() and int(attempt) < shipment.attempt:
            path.unlink(missing_ok=True)
    return shipment.folder / f"{shipment.title}-{shipment.key}-{shipment.attempt}.{ending}"


@contextmanager
def whole_or_nothing(path: Path) -> Iterator[BinaryIO]:
    """The file to write; it appears under `path` only if the body ends well. Readable by its owner alone."""
    part = path.with_suffix(".part")
    try:
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
