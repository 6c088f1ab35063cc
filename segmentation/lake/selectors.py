"""What there is to show about the lake."""

from dataclasses import dataclass

import pyarrow as pa

from segmentation.lake import delta, versions
from segmentation.lake.tables import TABLES


@dataclass(frozen=True)
class LakeTable:
    """One table as readers see it now."""

    name: str
    version: int
    rows: int
    files: int
    bytes: int


def lake_tables() -> list[LakeTable]:
    """The published tables; none before the first sync."""
    snapshot = versions.newest()
    published = snapshot.versions if snapshot else {}
    return [_table(name, published[name]) for name in TABLES if name in published]


def _table(name: str, version: int) -> LakeTable:
    files = pa.table(delta.opened(name, version).get_add_actions(flatten=True))
    rows, size = (sum(files[column].to_pylist()) for column in ("num_records", "size_bytes"))
    return LakeTable(name, version, rows, files.num_rows, size)
