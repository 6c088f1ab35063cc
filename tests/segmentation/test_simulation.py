"""Days in the life of a shop: every set's books close every day, and what grew day by day equals what is made at once.

A few days by default; SEGTAG_SIMULATED_DAYS=60 SEGTAG_SIMULATED_CUSTOMERS=2000 is the whole of it.
"""

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from django.test import override_settings
from pyroaring import BitMap

from segmentation.lake.models import LakeSnapshot
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.tags.models import Tag
from tests.segmentation.simulated_shop import Defined, Shop, day, define

pytestmark = pytest.mark.django_db

DAYS = int(os.environ.get("SEGTAG_SIMULATED_DAYS", "6"))
CUSTOMERS = int(os.environ.get("SEGTAG_SIMULATED_CUSTOMERS", "60"))
OWNED = (NamedSet.Kind.TAG_VALUE, NamedSet.Kind.SEGMENT)


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[list[Defined]]:
    """A shop after all its days, computed every evening."""
    lake = override_settings(LAKE_DIR=tmp_path_factory.mktemp("lake"))
    with lake, django_db_blocker.unblock(), transaction.atomic():
        shop = Shop(CUSTOMERS)
        shop.live(0)
        sync()
        defined = define()
        for number in range(DAYS):
            if number:
                shop.live(number)
                sync()
            compute(defined, day(number))
        yield defined
        transaction.set_rollback(True)


def compute(defined: list[Defined], as_of: datetime) -> None:
    for kind, key in [("profiles.compute", ""), *defined]:
        run = execute(request_run(kind=kind, subject=key, as_of=as_of).pk)
        assert run is not None
        assert run.state == Run.State.SUCCEEDED, (kind, key, run.error)


def members() -> dict[str, BitMap]:
    sets = NamedSet.objects.filter(current__isnull=False).select_related("current")
    return {str(one): store.at_version(one.current) for one in sets if one.current}


def forget() -> None:
    """As if nothing had ever been computed."""
    Tag.objects.update(last_run=None)
    Segment.objects.update(last_run=None)
    NamedSet.objects.update(current=None)
    SetVersion.objects.all().delete()
    Run.objects.all().delete()
    LakeSnapshot.objects.all().delete()


def test_the_books_of_every_set_close_every_day(lived):
    moves = 0
    for named_set in NamedSet.objects.all():
        versions = list(store.history(named_set))
        if named_set.kind in OWNED:  # where values come from is told from the first day that some do
            assert [one.as_of for one in versions] == [day(number) for number in range(DAYS)], named_set
        before = BitMap()
        for version in versions:
            now = store.at_version(version)
            entered, left = (store.load(getattr(version, name)) for name in ("entered", "left"))
            assert (entered, left) == (now - before, before - now), (named_set, version.as_of)
            assert version.size == len(now) == len(before) + version.entered_count - version.left_count
            moves += len(left)
            before = now
    assert moves > DAYS  # they lived


def test_what_grew_day_by_day_is_what_is_made_at_once_from_all_facts(lived, tmp_path):
    grown = members()

    with override_settings(LAKE_DIR=tmp_path / "afresh"), transaction.atomic():
        forget()
        sync()
        for number in range(DAYS):  # levels and kept values go on from the days before
            compute(lived, day(number))
        made = members()

    assert (
        sum(key.startswith(OWNED) for key in grown)
        == sum(len(tag.values.all()) for tag in Tag.objects.all()) + Segment.objects.count()
    )
    assert {key for key in grown if grown[key] != made[key]} == set()
    assert all(len(grown[f"segment {key}"]) for key in ("quiet", "looking", "spenders", "young-weekly", "bread"))
