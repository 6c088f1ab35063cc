"""Values: read strictly, folded fairly, summed exactly."""

import doctest
import random
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules import numbers, patterns, values, windows
from segmentation.rules.numbers import LARGEST_ADDED, added, compared, millionths
from segmentation.rules.patterns import found
from segmentation.rules.values import fold, is_missing, read_number

# Patterns that take exponential time in engines that backtrack.
EVIL = ["(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", r"(\w+\s?)*$"]


@pytest.mark.parametrize("module", [numbers, patterns, values, windows])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("É", "e"),
        ("Ａ", "a"),
        ("STRASSE", "Straße"),
        ("İ", "i"),
        ("ΣΑΣ", "σας"),
        ("１２", "12"),
        ("ﬁ", "fi"),
        ("Ё", "е"),
    ],
)
def test_folding_forgets_case_width_and_accents(left, right):
    assert fold(left) == fold(right)


@pytest.mark.parametrize(("left", "right"), [("デ", "テ"), ("中", "国"), ("क", "की"), ("a", "b"), ("", " ")])
def test_folding_keeps_letters_apart(left, right):
    assert fold(left) != fold(right)


def test_folding_reaches_into_lists_and_leaves_other_values_alone():
    assert fold(("É", "b")) == ("e", "b")
    assert fold(5.0) == 5.0
    assert fold(True) is True


@given(st.lists(st.decimals(-(10**9), 10**9, places=2).map(float), max_size=30), st.randoms(use_true_random=False))
def test_sums_do_not_depend_on_order_and_cents_add_up(amounts: list[float], chance: random.Random):
    shuffled = list(amounts)
    chance.shuffle(shuffled)
    total = sum(map(added, amounts), Fraction(0))
    assert total == sum(map(added, shuffled), Fraction(0))
    assert total * 100 == sum(round(amount * 100) for amount in amounts)


def test_what_is_added_is_bounded_and_what_is_compared_is_not():
    assert added(1e300) == LARGEST_ADDED
    assert added(-1e300) == -LARGEST_ADDED
    assert compared(1e15) == 10**15


def test_halves_of_a_millionth_go_up():
    assert [millionths(x) for x in (5e-7, 4e-7, -5e-7, -6e-7)] == [1, 0, 0, -1]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_no_number_is_a_missing_value(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", ["", 0.0, False, ()])
def test_empty_is_not_missing(value):
    assert not is_missing(value)


def test_text_is_no_number():
    for raw in ("5", True, None, [5]):
        with pytest.raises(values.Misfit):
            read_number(raw)


@pytest.mark.parametrize("subject", ["a" * 32_000 + "!", "x" * 32_000])
@pytest.mark.parametrize("pattern", EVIL)
def test_evil_patterns_take_no_time(pattern, subject):
    found(pattern, "warm")
    start = perf_counter()
    found(pattern, subject)
    assert perf_counter() - start < 0.5  # 50 ms on a machine that does nothing else
