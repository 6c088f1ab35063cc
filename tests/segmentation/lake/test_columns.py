"""Typed columns hold what `fit` says, however fast they are made."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.ingest.contract import fit
from segmentation.errors import SegmentationError
from segmentation.lake.columns import Catalogue, Field, array, typed
from segmentation.lake.tables import CUSTOMERS, EVENTS, ITEMS, TYPES

TEXTS = st.text() | st.sampled_from(
    ["12.5", "-3e2", "true", "2026-02-28", "2026-02-30", "2026-03-05T12:00:00+08:00", ""]
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.none() | st.booleans() | NUMBERS | TEXTS | st.lists(TEXTS | st.integers(), max_size=3) | st.just({"a": 1})
COLUMNS = (
    st.lists(JSON, max_size=8) | st.lists(NUMBERS | st.none()) | st.lists(TEXTS | st.none()) | st.lists(st.booleans())
)


@given(values=COLUMNS, type=st.sampled_from(sorted(TYPES)))
def test_a_column_holds_each_value_as_fit_makes_it_and_counts_the_others(values: list, type: str) -> None:
    column, misfits = array(values, type)

    expected = [fit(value, type) for value in values]
    assert column.type == TYPES[type]
    assert column.to_pylist() == [value for value, _ in expected]
    assert misfits == sum(not fits for _, fits in expected)


def test_misfits_are_counted_by_field() -> None:
    fields = [Field(1, "total", "number", "p_total"), Field(2, "store", "text", "p_store")]
    misfits: Counter[str] = Counter()

    columns = typed([{"total": "much", "store": "A"}, {"total": 5}, {"store": ["B"]}], fields, misfits)

    assert columns["p_total"].to_pylist() == [None, 5.0, None]
    assert misfits == {"misfits/1": 1, "misfits/2": 1}


def test_two_types_in_one_column_are_refused_by_name() -> None:
    one, other = Field(1, "total", "number", "p_total"), Field(2, "total", "text", "p_total")
    known = Catalogue({EVENTS: {"A": [one], "B": [other]}, ITEMS: {}}, [])

    assert known.columns(CUSTOMERS) == []
    with pytest.raises(SegmentationError, match="total") as raised:
        known.columns(EVENTS)
    assert raised.value.code == "lake_column_types"
