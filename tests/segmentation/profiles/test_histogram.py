"""Bars: every value in one of them, borders that can be read."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segmentation.profiles.histogram import MOST_BARS, Bar, bars

NUMBERS = st.lists(st.floats(-1e6, 1e9), min_size=1, max_size=200)


@given(values=NUMBERS)
def test_every_number_is_in_one_bar(values: list[float]) -> None:
    drawn = bars(values)

    assert len(drawn) <= MOST_BARS + 1
    assert sum(bar.count for bar in drawn) == len(values)
    assert drawn[-1].high is None
    assert all(math.isclose(one.high, next_one.low, abs_tol=1e-9) for one, next_one in pairwise(drawn))


def test_the_long_tail_shares_the_last_bar() -> None:
    drawn = bars([float(n % 100) for n in range(1000)] + [1e6])

    assert [bar.low for bar in drawn] == [10.0 * n for n in range(10)]
    assert drawn[-1] == Bar(101, low=90.0)


def test_texts_are_counted_the_most_frequent_first() -> None:
    assert bars(["b", "a", "b"]) == [Bar(2, "b"), Bar(1, "a")]


def test_of_nothing_there_is_nothing_to_draw() -> None:
    assert bars([]) == []
