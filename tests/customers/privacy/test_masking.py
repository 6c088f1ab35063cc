"""Masked identifiers show enough to recognise and too little to use."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.privacy import masking


def test_the_examples_are_true() -> None:
    results = doctest.testmod(masking)
    assert results.attempted >= 4
    assert results.failed == 0


@pytest.mark.parametrize("mask", [masking.mask_name, masking.mask_email, masking.mask_address, masking.mask_text])
def test_nothing_known_is_nothing_shown(mask) -> None:
    assert mask("") == ""


def test_a_phone_that_is_not_known_shows_no_stars() -> None:
    assert masking.mask_phone("") == ""


@given(st.from_regex(r"\+?[0-9 ]{3,20}", fullmatch=True))
def test_a_phone_never_shows_more_than_all_but_four_digits(phone: str) -> None:
    shown = masking.mask_phone(phone)
    assert sum(c.isdigit() for c in shown) <= max(0, sum(c.isdigit() for c in phone) - 4)


@given(st.text(st.characters(categories=["L"]), min_size=2))
def test_no_mask_gives_back_a_name(name: str) -> None:
    assert masking.mask_name(name) != name
