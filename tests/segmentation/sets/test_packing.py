"""Sets as bytes: whatever was packed comes out again, by both ways of packing, in less room where few of many move."""

from datetime import UTC, datetime
from importlib import import_module

import numpy as np
import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.packing import ELIAS_FANO, dump, dump_small, holds, load

LAST = 2**32 - 1
few = st.sets(st.integers(0, LAST), max_size=60)
close = st.sets(st.integers(10**6, 10**6 + 5000), max_size=400)
around_the_end = st.sets(st.integers(LAST - 3000, LAST), max_size=200)


def scattered(share: float, *, among: int = 1_000_000) -> BitMap:
    return BitMap(np.flatnonzero(np.random.default_rng(0).random(among) < share))


@given(few | close | around_the_end, st.integers(0, LAST))
def test_what_was_packed_comes_out_again(ids, other):
    members = BitMap(ids)
    asked = [*ids, *(one + 1 for one in ids), other, 0]
    for packed in (dump(members), dump_small(members)):
        assert load(packed) == members
        assert [holds(packed, one) for one in asked if one <= LAST] == [one in ids for one in asked if one <= LAST]


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.05, 0.2])
def test_those_who_moved_take_half_the_room_or_little_more(share):
    members = scattered(share)
    small = dump_small(members)

    assert small[0] == ELIAS_FANO
    assert load(small) == members
    likely = -(share * np.log2(share) + (1 - share) * np.log2(1 - share)) * 1_000_000 / 8  # no code is shorter
    assert len(small) < 1.2 * likely
    assert all(holds(small, one) == (one in members) for one in range(0, 1_000_010, 997))


def test_who_lies_together_stays_in_roaring():
    together = BitMap(range(100, 900_000))
    assert dump_small(together) == dump(together)


@pytest.mark.django_db
def test_what_is_stored_is_packed_anew_and_back_by_the_migration():
    migration = import_module("segmentation.migrations.0015_pack_differences")
    named_set = store.named(NamedSet.Kind.SEGMENT, "moving", label_zh="动", label_en="Moving")
    days = [scattered(0.01, among=100_000), scattered(0.02, among=90_000), BitMap([5])]
    for number, members in enumerate(days):
        store.publish({named_set: members}, run=None, as_of=datetime(2026, 3, 1 + number, tzinfo=UTC))
    packed = [bytes(one.entered) for one in SetVersion.objects.order_by("pk")]

    migration.Migration.operations[0].reverse_code(apps, None)
    roaring = [bytes(one.entered) for one in SetVersion.objects.order_by("pk")]
    migration.Migration.operations[0].code(apps, None)

    assert [bytes(one.entered) for one in SetVersion.objects.order_by("pk")] == packed != roaring
    assert ELIAS_FANO not in {data[0] for data in roaring}
    assert [store.at_version(one) for one in SetVersion.objects.order_by("pk")] == days
