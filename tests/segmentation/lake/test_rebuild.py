"""The lake made again from the database."""

import pytest

from customers.models import Event, Product
from segmentation.lake.rebuild import rebuild
from segmentation.lake.sync import sync
from segmentation.lake.tables import EVENTS, ITEMS
from segmentation.lake.versions import current_source, newest, source_of
from tests.segmentation.lake.conftest import order, read, store

pytestmark = pytest.mark.django_db


def test_everything_is_copied_again_as_the_database_is_now() -> None:
    Product.objects.create(sku="A", name="Tea")
    store(order("1", "ann", {"sku": "A"}), order("2", "bob", {"sku": "A"}))
    sync()
    Product.objects.update(name="Green tea")
    Event.objects.filter(message_id="2").delete()

    report = rebuild()

    assert (report.events, report.items) == (1, 1)
    assert [row["name"] for row in read(ITEMS)] == ["Green tea"]
    assert sync().events == 0


def test_the_old_lake_stays_readable() -> None:
    store(order("1"))
    sync()
    before = newest()
    old_files = source_of(before).tables[EVENTS]

    rebuild()

    assert source_of(before).tables[EVENTS] == old_files
    assert current_source().tables[EVENTS] != old_files


def test_a_first_lake_can_be_made_by_rebuilding() -> None:
    store(order("1"))

    assert rebuild().events == 1
    assert len(read(EVENTS)) == 1
