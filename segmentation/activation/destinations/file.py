"""A file to download: safe CSV."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from segmentation import safe_csv
from segmentation.activation.destinations.base import Destination, Receipt, Shipment


class File(Destination):
    """Streams the rows into a temporary file and gives it its name when it is whole and on the disk."""

    name_zh, name_en = "CSV 文件", "CSV file"

    def deliver(self, shipment: Shipment) -> Receipt:
        shipment.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _drop_earlier_attempts(shipment)
        path = shipment.folder / f"{shipment.title}-{shipment.key}-{shipment.attempt}.csv"
        with _whole_or_nothing(path) as file:
            sink = _Fingerprint(file)
            bom = bool(shipment.options.get("bom"))
            rows = safe_csv.write(sink, shipment.header, shipment.rows, bom=bom)
        return Receipt(rows=rows, sha256=sink.digest.hexdigest(), path=path.name)

    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        (shipment.folder / receipt.path).unlink(missing_ok=True)


class _Fingerprint:
    """Passes bytes on and keeps their SHA-256."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self.file.write(data)


@contextmanager
def _whole_or_nothing(path: Path) -> Iterator[BinaryIO]:
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


def _drop_earlier_attempts(shipment: Shipment) -> None:
    """What a killed attempt left behind. A later attempt's file is not ours to touch."""
    for path in shipment.folder.glob(f"*-{shipment.key}-*"):
        attempt = path.stem.rpartition("-")[2]
        if attempt.isdigit() and int(attempt) < shipment.attempt:
            path.unlink(missing_ok=True)
