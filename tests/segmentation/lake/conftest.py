"""A lake of its own for each test, and a shop that fills it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings

from customers.ingest.pipeline import ingest
from customers.ingest.records import EventRecord
from segmentation.lake.versions import current_source


@pytest.fixture(autouse=True)
def lake_folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.LAKE_DIR = tmp_path / "lake 湖"
    return settings.LAKE_DIR


def happened(message_id: str, who: str = "ann", name: str = "Order Completed", /, **properties: Any) -> EventRecord:
    """An event on 5 March 2026 at noon UTC, or at the property `at`."""
    at = properties.pop("at", datetime(2026, 3, 5, 12, tzinfo=UTC))
    return EventRecord(message_id, who, name, at, properties)


def order(message_id: str, who: str = "ann", /, *products: dict[str, Any], **properties: Any) -> EventRecord:
    return happened(message_id, who, "Order Completed", products=list(products), **properties)


def store(*records: EventRecord) -> None:
    assert not ingest(records).refused


def read(table: str) -> list[dict[str, Any]]:
    """The published rows of a table, as an engine finds them: by name, the month from the file's folder."""
    source = current_source()
    parts = []
    for path in source.tables[table]:
        rows = pq.ParquetFile(path).read()
        if path in source.months:
            rows = rows.append_column("month", pa.array([source.months[path]] * rows.num_rows, pa.string()))
        parts.append(rows)
    empty = source.schemas[table].empty_table()
    return pa.concat_tables([empty, *parts], promote_options="default").to_pylist()
