"""What fits which type, what type a new value gets, and what its lake column is called."""

from datetime import UTC, date, datetime

import pytest

from customers.ingest.contract import fit, infer, lake_column

MORNING = datetime(2026, 3, 17, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type", "value", "fitted"),
    [
        ("number", 3, 3.0),
        ("number", -2.5, -2.5),
        ("number", "007.50", 7.5),
        ("number", "1e3", 1000.0),
        ("text", "", ""),
        ("text", 5, "5"),
        ("text", True, "true"),
        ("boolean", False, False),
        ("boolean", "true", True),
        ("datetime", "2026-03-17T01:00:00Z", MORNING),
        ("datetime", "2026-03-17 09:00", MORNING),
        ("datetime", "2026-03-17T09:00:00.000+0800", MORNING),
        ("datetime", 1773709200, MORNING),
        ("datetime", 1773709200000, MORNING),
        ("date", "2026-03-17", date(2026, 3, 17)),
        ("date", "2026-03-16T23:30:00Z", date(2026, 3, 17)),
        ("text_list", ["a", 1, True], ["a", "1", "true"]),
        ("text_list", [], []),
    ],
)
def test_a_value_that_fits_is_converted(type: str, value: object, fitted: object) -> None:
    assert fit(value, type) == (fitted, True)


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("number", True),
        ("number", "about 12"),
        ("number", " 12"),
        ("number", "１２"),
        ("number", "1e999"),
        ("number", float("nan")),
        ("number", 10**400),
        ("text", ["a"]),
        ("text", float("inf")),
        ("boolean", 1),
        ("boolean", "yes"),
        ("datetime", "tomorrow"),
        ("datetime", "2026-02-30"),
        ("datetime", "20260317"),
        ("datetime", True),
        ("datetime", 1e30),
        ("datetime", "0001-01-01T00:00:00+14:00"),
        ("date", "2026-13-01"),
        ("text_list", "a"),
        ("text_list", [None]),
        ("text_list", [["a"]]),
    ],
)
def test_a_value_that_does_not_fit_says_so(type: str, value: object) -> None:
    assert fit(value, type) == (None, False)


@pytest.mark.parametrize("type", ["number", "text", "boolean", "datetime", "date", "text_list"])
def test_a_missing_value_fits_every_type(type: str) -> None:
    assert fit(None, type) == (None, True)


@pytest.mark.parametrize(
    ("values", "type"),
    [
        ([None, 1, 2.5], "number"),
        (["1", "x"], "text"),
        ([1, "x"], "text"),
        ([True], "boolean"),
        (["2026-03-17"], "date"),
        (["2026-03-17", "2026-03-17T10:00:00Z"], "datetime"),
        (["2026-99-99"], "text"),
        ([["a"], []], "text_list"),
        ([None, {}, []], None),
    ],
)
def test_a_new_field_gets_the_type_of_its_first_values(values: list, type: str | None) -> None:
    assert infer(values) == type


def test_lake_columns_are_plain_ascii_and_differ() -> None:
    assert lake_column("Order ID", "p_", taken=set()) == "p_order_id"
    assert lake_column("order-id", "p_", taken={"p_order_id", "p_order_id_2"}) == "p_order_id_3"
    assert lake_column("客单价", "p_", taken=set()) == "p_field"
    assert lake_column('x"; DROP TABLE', "t_", taken=set()) == "t_x_drop_table"
