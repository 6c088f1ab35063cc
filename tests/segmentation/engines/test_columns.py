"""Columns in memory: what is read of the lake's files, what is read again, and what is left to SQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap

from segmentation.engines import columns
from segmentation.engines.blocks import Block, event_blocks, instant
from segmentation.engines.duckdb import DuckDB
from segmentation.engines.marks import bitmap
from segmentation.engines.readers import add_up
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
def read(monkeypatch, source) -> list[tuple[str, str]]:
    """Month and column of each block that is read."""
    seen: list[tuple[str, str]] = []
    original = columns.read

    def noted(block: Block, coded: dict[str, bool]) -> Any:
        seen.extend((source.months.get(block.path, "new"), name) for name in coded)
        return original(block, coded)

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
    events = [
        {"customer_id": 1 + place, "time": time + timedelta(hours=hour), "p_n": None if hour else 4.0 + place}
        for place, time in enumerate(MONTHS)
        for hour in (0, 1)
    ]
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
    assert {month for month, _ in read} == {"new"}
    assert members(duckdb, SPENT, source) == [2, 3]


def test_columns_that_do_not_fit_into_memory_are_asked_by_sql(tmp_path, source):
    with opened(tmp_path, columns=8) as engine:
        assert members(engine, SPENT, source) == [2, 3]


def test_columns_not_asked_for_lately_make_room(tmp_path, source, read):
    with opened(tmp_path, columns=80) as engine:
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


def test_states_of_the_lake_share_what_was_read_of_the_same_files(source, tmp_path):
    kept = columns.Columns(1 << 20, 1)
    type = source.schemas["events"].field("p_n").type

    def values(state: Source) -> list[np.ndarray]:
        rows = kept.rows(state, "events", "Order")
        return [kept.values(rows, place, "p_n", type)[0] for place in range(len(rows.blocks))]

    more = worlds.write(with_events(worlds.Shop(), {"customer_id": 1, "time": MONTHS[2], "p_n": 8.0}), tmp_path)
    events = (*source.tables["events"], *more.tables["events"])
    later = Source(more.version, {**source.tables, "events": events}, {**source.months, **more.months}, source.schemas)
    first = values(source)
    assert [array[0] for array in values(later)] == [4.0, 5.0, 6.0, 8.0]
    assert all(any(one is other for other in values(later)) for one in first)


def test_what_several_threads_read_ahead_is_what_one_reads(source):
    type = source.schemas["events"].field("p_n").type
    alone, together = columns.Columns(1 << 20, 1), columns.Columns(1 << 20, 4)
    rows = together.rows(source, "events", "Order")
    together.read_ahead(rows, {"p_n": dict.fromkeys(range(len(rows.blocks)), type)})
    for place in range(len(rows.blocks)):
        one, other = (kept.values(rows, place, "p_n", type)[0] for kept in (alone, together))
        np.testing.assert_array_equal(one, other)


def test_a_file_that_cannot_be_read_fails_the_question_and_not_the_next(source, monkeypatch):
    type = source.schemas["events"].field("p_n").type
    kept, original = columns.Columns(1 << 20, 1), columns.read
    rows = kept.rows(source, "events", "Order")
    monkeypatch.setattr(columns, "read", lambda block, coded: 1 / 0)
    kept.read_ahead(rows, {"p_n": dict.fromkeys(range(len(rows.blocks)), type)})
    with pytest.raises(ZeroDivisionError):
        kept.values(rows, 0, "p_n", type)
    monkeypatch.setattr(columns, "read", original)
    assert kept.values(rows, 0, "p_n", type)[0][0] == 4.0


@pytest.mark.parametrize("spread", [10, 100_000])
def test_adding_up_close_and_far_customers_is_the_same(spread):
    random = np.random.default_rng(spread)
    customers = random.integers(0, spread, 50).astype(np.int32)
    weights = random.integers(0, 9, 50).astype(float)
    sums, counts = np.zeros(spread), np.zeros(spread, np.int32)
    add_up(sums, customers, weights)
    add_up(counts, customers)
    np.testing.assert_array_equal(sums, np.bincount(customers, weights, spread))
    np.testing.assert_array_equal(counts, np.bincount(customers, minlength=spread))


def test_a_row_group_of_one_instant_says_so_in_its_footer(tmp_path):
    at = MONTHS[1]
    one = worlds.write(with_events(shop_of({}), {"customer_id": 1, "time": at}), tmp_path)
    [path] = one.tables["events"]
    [block] = event_blocks(path)["Order"]
    assert instant(block, "time") == int(at.timestamp() * 1_000_000)
    assert instant(block, "p_n") is None
    assert instant(block, "not there") is None


def test_a_row_group_of_several_instants_has_to_be_read(source):
    for path in source.tables["events"]:
        [block] = event_blocks(path)["Order"]
        assert instant(block, "time") is None
