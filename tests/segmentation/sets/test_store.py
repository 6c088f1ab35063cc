"""Sets: published all at once, and every day's members to be had again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pyroaring import BitMap

from segmentation.sets import forgetting, store
from segmentation.sets.models import NamedSet, SetVersion

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def made(key: str, value: str = "") -> NamedSet:
    return store.named("tag_value", key, value, label_zh="标签", label_en="Tag")


def published(named_set: NamedSet, *members: int) -> SetVersion:
    return store.publish({named_set: BitMap(members)}, run=None, as_of=DAY)[0]


class Histories(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sets(st.integers(0, 200) | st.integers(2**32 - 5, 2**32 - 1)), min_size=1, max_size=8))
    def test_size_of_a_day_is_that_of_the_day_before_plus_entered_minus_left(self, days):
        named_set = made("history")
        for number, members in enumerate(days):
            store.publish({named_set: BitMap(members)}, run=None, as_of=DAY + timedelta(days=number))

        rows = list(store.history(named_set))

        size = 0
        for row, members in zip(rows, days, strict=True):
            assert row.size == size + row.entered_count - row.left_count == len(members)
            assert store.at_version(row) == BitMap(members)
            size = row.size
        assert store.current("tag_value", "history") == BitMap(days[-1])


@pytest.mark.django_db
def test_only_the_newest_version_holds_all_members():
    named_set = made("newest")
    published(named_set, 1, 2)
    published(named_set, 2, 3)

    kept = named_set.versions.order_by("number").values_list("members", flat=True)

    assert [members is None for members in kept] == [True, False]


@pytest.mark.django_db
def test_many_sets_are_published_with_few_queries(django_assert_max_num_queries):
    sets = {made("many", str(value)): BitMap([value]) for value in range(200)}
    store.publish(sets, run=None, as_of=DAY)

    with django_assert_max_num_queries(12):
        store.publish(sets, run=None, as_of=DAY)

    assert store.current("tag_value", "many", "7") == BitMap([7])
    assert SetVersion.objects.count() == 400


@pytest.mark.django_db
def test_all_sets_of_one_publication_appear_together_or_not_at_all():
    first, second = made("pair", "a"), made("pair", "b")
    published(first, 1)

    with pytest.raises(KeyError), transaction.atomic():
        store.publish({first: BitMap([2]), second: BitMap([3])}, run=None, as_of=DAY)
        raise KeyError

    assert store.current("tag_value", "pair", "a") == BitMap([1])
    with pytest.raises(store.NotComputed):
        store.current("tag_value", "pair", "b")


@pytest.mark.django_db
def test_members_seen_in_a_transaction_that_was_rolled_back_are_forgotten():
    named_set = made("rolled-back")
    with pytest.raises(KeyError), transaction.atomic():
        published(named_set, 1)
        assert store.current("tag_value", "rolled-back") == BitMap([1])
        raise KeyError

    published(made("rolled-back"), 2)

    assert store.current("tag_value", "rolled-back") == BitMap([2])


@pytest.mark.django_db
def test_what_a_reader_gets_is_its_own():
    published(made("mine"), 1, 2)

    store.current("tag_value", "mine").add(99)

    assert store.current("tag_value", "mine") == BitMap([1, 2])


@pytest.mark.django_db
def test_a_second_reading_takes_the_members_from_the_cache(django_assert_num_queries):
    published(made("cached"), 1, 2)
    store.current("tag_value", "cached")

    with django_assert_num_queries(1):
        store.current_many([("tag_value", "cached", "")] * 5)


@pytest.mark.django_db
def test_an_unknown_set_is_an_error_that_names_it():
    with pytest.raises(store.NotComputed, match="tag_value/nobody/high"):
        store.current("tag_value", "nobody", "high")


class PastDates(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 60))), min_size=1, max_size=9))
    def test_versions_of_any_order_of_base_dates_make_one_history_whose_newest_date_is_what_readers_see(self, told):
        named_set = made("shuffled")
        for day, members in told:
            store.publish({named_set: BitMap(members)}, run=None, as_of=DAY + timedelta(days=day))

        # Sorting is stable: of one date the last that was told counts.
        expected = sorted(told, key=lambda pair: pair[0])
        size = 0
        for row, (day, members) in zip(store.history(named_set), expected, strict=True):
            assert row.as_of == DAY + timedelta(days=day)
            assert row.size == size + row.entered_count - row.left_count == len(members)
            assert store.at_version(row) == BitMap(members)
            size = row.size
        assert store.current("tag_value", "shuffled") == BitMap(expected[-1][1])
        assert store.newest_date("tag_value", "shuffled") == DAY + timedelta(days=expected[-1][0])
        assert named_set.versions.exclude(members=None).count() == 1


@pytest.mark.django_db
def test_the_members_of_a_date_are_those_of_the_newest_base_date_up_to_it():
    named_set = made("dated")
    for day in (0, 4):
        store.publish({named_set: BitMap([day])}, run=None, as_of=DAY + timedelta(days=day))

    def at(days: int) -> BitMap:
        return store.at_date("tag_value", "dated", "", DAY + timedelta(days=days))

    assert (at(0), at(3), at(4), at(9)) == (BitMap([0]), BitMap([0]), BitMap([4]), BitMap([4]))
    with pytest.raises(store.NotComputed):
        at(-1)


class Forgotten(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 4), st.sets(st.integers(0, 20))), min_size=1, max_size=7),
        st.sets(st.integers(0, 20), max_size=5),
    )
    def test_the_books_close_without_the_forgotten_also_where_a_past_date_was_told_late(self, told, gone):
        named_set = made("forgotten")
        for day, members in told:
            store.publish({named_set: BitMap(members)}, run=None, as_of=DAY + timedelta(days=day))

        forgetting.forget(gone)

        size = 0
        for row, (_day, members) in zip(store.history(named_set), sorted(told, key=lambda pair: pair[0]), strict=True):
            assert store.at_version(row) == BitMap(members - gone)
            assert row.size == size + row.entered_count - row.left_count == len(members - gone)
            size = row.size
