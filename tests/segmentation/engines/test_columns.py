"""Columns in memory: what is read of the lake's files, what is read again, and what is left to SQL."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap

from segmentation.engines import columns
from segmentation.engines.blocks import Block
from segmentation.engines.duckdb import DuckDB
from segmentation.engines.marks import bitmap
from segmentation.lake.tables import Source
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, opened, shop_of, with_events

MONTHS = [datetime(2026, month, 10, tzinfo=UTC) for month in (1, 2, 3)]
EVER = {"event": "Order", "window": {"all_time": True}}
SPENT = {**EVER, "measure": {"sum": "n"}, "op": "at_least", "value": 5}


def members(engine: DuckDB, leaf: dict[str, Any], source: Source) -> list[int]:
    rule = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
    return list(engine.members(rule, as_of=AS_OF, source=source, references={}))


@pytest.fixture
def read(monkeypatch) -> list[tuple[str, str]]:
    """Month and column of each block that is read."""
    seen: list[tuple[str, str]] = []
    original = columns.read

    def noted(block: Block, name: str, *, coded: bool) -> Any:
        seen.append((block.month, name))
        return original(block, name, coded=coded)

    monkeypatch.setattr(columns, "read", noted)
    return seen


@pytest.fixture
def sql(monkeypatch, duckdb) -> list[str]:
    """What was asked by SQL, after the engine knows who there is."""
    seen: list[str] = []
    original = duckdb._database.column

    def noted(text: str, parameters: Any) -> Any:
        seen.append(text)
        return original(text, parameters)

    monkeypatch.setattr(duckdb._database, "column", noted)
    return seen


@pytest.fixture
def source(tmp_path) -> Source:
    events = ({"customer_id": 1 + place, "time": time, "p_n": 4.0 + place} for place, time in enumerate(MONTHS))
    return worlds.write(with_events(shop_of({}, {}, {}), *events), tmp_path)


def test_only_the_months_of_the_window_are_read_and_times_of_the_outer_ones_only(duckdb, source, read):
    since_january = {"event": "Order", "window": {"between": ["2026-01-05", "2026-03-20"]}}
    assert members(duckdb, since_january, source) == [1, 2, 3]
    assert ("2026-02", "customer_id") in read
    assert ("2026-02", "time") not in read
    read.clear()
    february = {"event": "Order", "window": {"between": ["2026-02-02", "2026-02-20"]}}
    assert members(duckdb, february, source) == [2]
    assert read == [("2026-02", "time")]


def test_what_was_read_is_not_read_again(duckdb, source, read):
    assert members(duckdb, SPENT, source) == [2, 3]
    read.clear()
    assert members(duckdb, {**SPENT, "value": 6}, source) == [3]
    assert read == []


def test_a_later_state_of_the_lake_reads_the_new_files_only(duckdb, source, read):
    members(duckdb, SPENT, source)
    read.clear()
    more = with_events(worlds.Shop(), {"customer_id": 1, "time": MONTHS[2], "p_n": 1.0})
    new = worlds.write(more, duckdb.limits.folder)
    later = Source(
        source.version + 100,
        {**source.tables, "events": (*source.tables["events"], *new.tables["events"])},
        {**source.months, **new.months},
        source.schemas,
    )
    assert members(duckdb, SPENT, later) == [1, 2, 3]
    assert {month for month, _ in read} == {"2026-03"}
    assert members(duckdb, SPENT, source) == [2, 3]


def test_columns_that_do_not_fit_into_memory_are_asked_by_sql(tmp_path, source):
    with opened(tmp_path, columns=8) as engine:
        assert members(engine, SPENT, source) == [2, 3]


def test_columns_not_asked_for_lately_make_room(tmp_path, source, read):
    with opened(tmp_path, columns=40) as engine:
        for leaf in (SPENT, {**EVER, "measure": {"maximum": "n"}, "op": "at_least", "value": 5}, SPENT):
            assert members(engine, leaf, source) == [2, 3]


@pytest.mark.parametrize(
    ("measure", "value", "found"),
    [({"count": True}, 1, [1, 2, 3]), ({"average": "n"}, 5, [2, 3]), ({"active_days": True}, 1, [1, 2, 3])],
)
def test_measures_need_no_sql(duckdb, source, sql, measure, value, found):
    members(duckdb, EVER, source)
    sql.clear()
    assert members(duckdb, {**EVER, "measure": measure, "op": "at_least", "value": value}, source) == found
    assert sql == []


def test_sums_too_large_for_floats_are_added_by_sql(ask):
    shop = with_events(
        shop_of({}), {"customer_id": 1, "p_n": 9e11}, {"customer_id": 1, "p_n": 1e-6}, {"customer_id": 1, "p_n": -9e11}
    )
    assert ask({**EVER, "measure": {"sum": "n"}, "op": "is", "value": 1e-6}, shop) == [1]
    assert ask({**EVER, "measure": {"sum": "n"}, "op": "is", "value": 0}, shop) == []


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 1])
@pytest.mark.parametrize("size", [1, 65_536, 65_537, 200_000])
def test_marks_become_the_bitmap_of_their_places(size, share):
    marks = np.random.default_rng(size).random(size) < share
    assert bitmap(marks) == BitMap(np.flatnonzero(marks).tolist())


def test_an_instant_that_a_whole_file_lacks_is_missing(ask):
    shop = with_events(shop_of({}, {}), {"customer_id": 1, "p_i": None})
    leaf = {"event": "Order", "where": {"property": "i", "op": "is_present"}, "window": {"all_time": True}}
    assert ask(leaf, shop) == []
    assert ask({**leaf, "where": {"property": "i", "op": "is_missing"}}, shop) == [1]


def test_a_later_state_goes_on_in_the_memory_of_the_one_before(source, tmp_path):
    kept = columns.Columns(1 << 20, 1)
    type = source.schemas["events"].field("p_n").type

    def values(state: Source) -> np.ndarray:
        rows = kept.rows(state, "events", "Order")
        return kept.values(rows, "p_n", type, 0, len(rows.blocks))[0]

    def with_one_more(state: Source, spent: float) -> Source:
        more = worlds.write(with_events(worlds.Shop(), {"customer_id": 1, "time": MONTHS[2], "p_n": spent}), tmp_path)
        events = (*state.tables["events"], *more.tables["events"])
        return Source(more.version, {**state.tables, "events": events}, {**state.months, **more.months}, state.schemas)

    first = values(source)
    other, later = (with_one_more(source, spent) for spent in (8.0, 9.0))
    assert list(values(other)) == [4.0, 5.0, 6.0, 8.0]
    assert np.shares_memory(values(other), first)
    # Two states cannot both go on there.
    assert list(values(later)) == [4.0, 5.0, 6.0, 9.0]
    assert list(values(other)) == [4.0, 5.0, 6.0, 8.0]
