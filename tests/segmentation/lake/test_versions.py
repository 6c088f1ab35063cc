"""Which files readers are given, and who may write."""

import multiprocessing
from pathlib import Path

import pytest

from segmentation.errors import SegmentationError
from segmentation.lake import lock
from segmentation.lake.lock import writing
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.selectors import lake_tables
from segmentation.lake.sync import sync
from segmentation.lake.tables import EVENTS, FEATURES, TABLES
from segmentation.lake.versions import current_source, publish
from tests.segmentation.lake.conftest import order, store


@pytest.mark.django_db
def test_an_empty_lake_says_what_to_do() -> None:
    with pytest.raises(SegmentationError, match="lake sync") as raised:
        current_source()
    assert raised.value.code == "lake_empty"


@pytest.mark.django_db
def test_a_source_names_existing_files_and_all_tables() -> None:
    store(order("1", "ann", {"sku": "A"}, total=1))
    sync()

    source = current_source()

    assert set(source.tables) == set(TABLES)
    assert source.tables[FEATURES] == ()
    assert all(Path(path).is_absolute() and Path(path).exists() for paths in source.tables.values() for path in paths)
    assert set(source.months.values()) == {"2026-03"}
    assert "p_total" in source.schemas[EVENTS].names
    assert source.version == LakeSnapshot.objects.get().pk
    assert current_source() is source


@pytest.mark.django_db
def test_publishing_one_table_keeps_the_others_as_they_were_published() -> None:
    publish({"events": 3, "items": 3})

    assert publish({"items": 4}).versions == {"events": 3, "items": 4}
    assert publish({"items": 4}) == LakeSnapshot.objects.latest("pk")
    assert LakeSnapshot.objects.count() == 2


@pytest.mark.django_db
def test_the_tables_are_listed_with_rows_and_files() -> None:
    assert lake_tables() == []
    store(order("1", "ann", {"sku": "A"}, {"sku": "B"}))
    sync()

    listed = {table.name: table for table in lake_tables()}

    assert (listed["events"].rows, listed["items"].rows, listed["customers"].rows) == (1, 2, 1)
    assert listed["items"].files == 1
    assert listed["items"].bytes > 0


def hold(folder: Path, holding: object, let_go: object) -> None:
    lock.settings = type("Settings", (), {"LAKE_DIR": folder})
    with lock.writing():
        holding.set()  # type: ignore[attr-defined]
        let_go.wait(30)  # type: ignore[attr-defined]


def test_one_process_writes_at_a_time_and_a_killed_one_holds_nobody_up(lake_folder: Path) -> None:
    apart = multiprocessing.get_context("fork")
    holding, let_go = apart.Event(), apart.Event()
    other = apart.Process(target=hold, args=(lake_folder, holding, let_go))
    other.start()
    assert holding.wait(10)

    with pytest.raises(SegmentationError) as raised, writing(patience=0.2):
        pass
    assert raised.value.code == "lake_busy"

    other.kill()
    other.join(10)
    with writing(patience=5):
        pass
