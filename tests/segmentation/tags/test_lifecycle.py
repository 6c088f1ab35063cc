"""Levels: up at once, down only when a cycle ends."""

from datetime import UTC, datetime

import pytest
from pyroaring import BitMap

from segmentation.tags.kinds.lifecycle import cycle_of
from segmentation.tags.loading import kind_of
from tests.segmentation.tags.contexts import CATALOG, context

KIND = kind_of("lifecycle")
LEVELS = [
    {"key": "silver", "zh": "银", "en": "Silver", "at_least": 100},
    {"key": "gold", "zh": "金", "en": "Gold", "at_least": 1000},
    {"key": "black", "zh": "黑", "en": "Black", "at_least": 10000},
]


def level(spent, had=None, *, ended=False, **definition):
    """The level of one customer who had this level and spent so much."""
    before = {"cycle": "2025-10" if ended else "2026-01"}
    current = {had: BitMap([1])} if had else {}
    document = {"feature": "monetary", "levels": LEVELS, "cycle": "quarter", **definition}
    outcome = KIND.compute(
        KIND.read(document), context({"monetary": [spent]}, everybody=[1], current=current, previous=before)
    )
    return next((key for key, members in outcome.members.items() if members), None)


@pytest.mark.parametrize(
    ("spent", "had", "ended", "then"),
    [
        (1000, None, False, "gold"),
        (1000, "silver", False, "gold"),  # up at once
        (99, "gold", False, "gold"),  # not down before the end
        (99, "gold", True, None),
        (100, "gold", True, "silver"),
        (10000, "silver", True, "black"),  # up at the end, too
        (None, "gold", False, "gold"),
        (None, "gold", True, None),
    ],
)
def test_it_rises_at_once_and_falls_at_the_end_of_a_cycle(spent, had, ended, then):
    assert level(spent, had, ended=ended) == then


def test_one_falls_by_one_level_where_that_is_wanted():
    assert level(0, "black", ended=True, fall="one_level") == "gold"
    assert level(0, "silver", ended=True, fall="one_level") is None


def test_a_share_of_what_a_level_takes_is_enough_to_keep_it():
    assert level(800, "gold", ended=True, keep=0.8) == "gold"
    assert level(799, "gold", ended=True, keep=0.8) == "silver"


def test_where_no_cycle_ends_nobody_falls():
    assert cycle_of(datetime(2026, 3, 17, tzinfo=UTC), "never", "UTC") == "never"


@pytest.mark.parametrize(
    ("cycle", "name"), [("month", "2026-12"), ("quarter", "2026-10"), ("half_year", "2026-07"), ("year", "2026-01")]
)
def test_cycles_are_calendar_periods_of_the_shop_s_zone(cycle, name):
    assert cycle_of(datetime(2026, 11, 30, 16, 30, tzinfo=UTC), cycle, "Asia/Shanghai") == name


def test_levels_have_to_rise():
    problems = KIND.problems({"feature": "monetary", "levels": LEVELS[::-1]}, CATALOG)
    assert {problem.code for problem in problems} == {"not_rising"}
