"""Many small files become one sorted file per month; what readers may still need stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from segmentation.lake import delta, events
from segmentation.lake import sync as syncing
from segmentation.lake.compact import compact
from segmentation.lake.sync import sync
from segmentation.lake.tables import EVENTS, ITEMS
from segmentation.lake.versions import current_source
from tests.segmentation.lake.conftest import order, read, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 4)
    monkeypatch.setattr(syncing, "ROUND", 1_000)
    for start in range(0, 40, 10):
        store(*(shopping(n) for n in range(start, start + 10)))
        sync()


def shopping(number: int) -> object:
    at = datetime(2026, 1 + number % 2, 1 + number % 28, tzinfo=UTC)
    late = {"channel": "app"} if number > 20 else {}
    return order(f"m{number}", f"c{number % 3}", {"sku": "A"}, {"sku": "B"}, total=number, at=at, **late)


def test_each_month_is_one_sorted_file_with_the_same_rows() -> None:
    before = {table: in_order(read(table)) for table in (EVENTS, ITEMS)}
    assert len(current_source().tables[EVENTS]) > 2

    report = compact()

    source = current_source()
    assert sorted(source.months[path] for path in source.tables[EVENTS]) == ["2026-01", "2026-02"]
    assert len(source.tables[ITEMS]) == 2
    assert report.into == 4
    assert {table: in_order(read(table)) for table in (EVENTS, ITEMS)} == before
    for path in source.tables[ITEMS]:
        rows = pq.ParquetFile(path).read().to_pylist()
        keys = [(row["event"], row["customer_id"], row["time"], row["event_id"], row["position"]) for row in rows]
        assert keys == sorted(keys)


def test_after_compacting_only_new_events_are_copied() -> None:
    compact()
    store(shopping(40))

    assert sync().events == 1
    assert sorted(row["p_total"] for row in read(EVENTS)) == list(range(41))


def test_compacting_again_changes_nothing() -> None:
    compact()
    before = current_source()

    report = compact()

    assert (report.merged, report.into, report.deleted) == (0, 0, 0)
    assert current_source() is before


def test_files_of_recent_versions_stay_readable() -> None:
    before = current_source()

    assert compact().deleted == 0

    assert all(Path(path).exists() for path in before.tables[EVENTS])


def test_files_that_nobody_needs_are_deleted_the_present_ones_never() -> None:
    before = current_source()
    orphan = delta.new_file(EVENTS, "2026-01")
    orphan.write_bytes(b"of a sync that was killed")

    report = compact(keep=timedelta(0))

    assert report.deleted >= len(before.tables[EVENTS]) + len(before.tables[ITEMS]) + 1
    assert not orphan.exists()
    assert not any(Path(path).exists() for path in before.tables[EVENTS])
    assert len(read(EVENTS)) == 40


def test_the_folder_of_the_merge_is_gone(lake_folder: Path) -> None:
    compact()

    assert sorted(path.name for path in lake_folder.iterdir()) == [".writer", "customers", "events", "items"]


def in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: (row["event_id"], row.get("position", 0)))
