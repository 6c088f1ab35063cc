"""What DuckDB does besides meaning the right thing: it remembers, prunes, takes turns, survives forks."""

import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlglot import exp, parse_one

from segmentation.engines.base import EngineError
from segmentation.engines.duckdb import DuckDB
from segmentation.engines.memory import Memory
from segmentation.lake.tables import Source
from segmentation.rules.nodes import Base
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, shop_of, with_events

ORDERED = {"event": "Order", "window": {"past_days": 30}}
ADULT = {"trait": "n", "op": "at_least", "value": 18}


def members(engine: DuckDB, leaf: dict[str, Any], source: Source, as_of: datetime = AS_OF, **sets: Any) -> list[int]:
    rule = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
    return list(engine.members(rule, as_of=as_of, source=source, references=sets.get("references", {})))


@pytest.fixture
def duckdb(by_sql) -> DuckDB:
    return by_sql


@pytest.fixture
def asked(monkeypatch, duckdb) -> list[str]:
    """The SQL that DuckDB is really asked for customers."""
    seen: list[str] = []
    original = duckdb._database.column

    def column(sql: str, parameters: Mapping[str, Any]) -> Any:
        seen.append(sql)
        return original(sql, parameters)

    monkeypatch.setattr(duckdb._database, "column", column)
    return seen


@pytest.fixture
def source(tmp_path) -> Source:
    shop = shop_of({"t_n": 20.0}, {"t_n": 10.0}, {})
    months = [datetime(2026, month, 10, tzinfo=UTC) for month in (1, 2, 3)]
    return worlds.write(with_events(shop, *({"customer_id": 1, "time": time} for time in months)), tmp_path)


def test_editing_one_condition_asks_for_that_one_only(duckdb, source, asked):
    members(duckdb, {"all": [ADULT, ORDERED]}, source)
    before = len(asked)

    members(duckdb, {"all": [ADULT, {**ORDERED, "op": "at_least", "value": 2}]}, source)

    assert len(asked) == before + 1
    assert '"t_n"' not in asked[-1]


def test_asking_a_minute_later_asks_nothing_when_no_window_moved(duckdb, source, asked):
    members(duckdb, {"event": "Order", "window": {"recent_days": 30}}, source)
    before = len(asked)
    members(duckdb, {"event": "Order", "window": {"recent_days": 30}}, source, AS_OF + timedelta(minutes=1))
    assert len(asked) == before


def test_another_state_of_the_lake_is_asked_anew(duckdb, source, asked, tmp_path):
    members(duckdb, ADULT, source)
    later = worlds.write(shop_of({"t_n": 20.0}, {"t_n": 30.0}), tmp_path)
    assert members(duckdb, ADULT, later) == [1, 2]
    # Two lakes may count their versions alike.
    assert members(duckdb, ADULT, Source(later.version, source.tables, source.months, source.schemas)) == [1]


def test_only_files_of_months_in_the_window_are_opened(duckdb, source, asked):
    members(duckdb, {"event": "Order", "window": {"between": ["2026-02-02", "2026-02-20"]}}, source)
    assert "events-2026-02" in asked[-1]
    assert "events-2026-01" not in asked[-1]
    assert "events-2026-03" not in asked[-1]


def test_the_last_event_of_all_is_out_of_a_window_that_ends_with_it(ask):
    last = datetime(2026, 3, 10, tzinfo=UTC)
    shop = with_events(shop_of({}), {"customer_id": 1, "time": last})
    until = {"event": "Order", "window": {"between": ["2026-01-01", last.isoformat()]}}
    assert ask(until, shop) == []
    since = {"event": "Order", "window": {"since": last.isoformat()}}
    assert ask(since, shop) == [1]
    assert ask({"event": "Order", "window": {"since": (last + timedelta(microseconds=1)).isoformat()}}, shop) == []


def test_days_are_those_of_the_clock_when_it_goes_back_over_midnight(duckdb, tmp_path):
    # In Cairo the 30th of October 2025 had 25 hours: at midnight it was eleven again.
    times = ["2025-10-30T20:30Z", "2025-10-30T21:00Z", "2025-10-30T21:59:59.999999Z", "2025-10-30T22:00Z"]
    events = ({"customer_id": 1, "time": datetime.fromisoformat(time)} for time in times)
    source = worlds.write(with_events(shop_of({}), *events), tmp_path)
    two_days = {
        "event": "Order",
        "measure": {"active_days": True},
        "op": "is",
        "value": 2,
        "window": {"all_time": True},
    }
    rule = parse({"version": 1, "timezone": "Africa/Cairo", "rule": two_days}, worlds.CATALOG)
    for engine in (duckdb, Memory()):
        assert list(engine.members(rule, as_of=AS_OF, source=source, references={})) == [1]


def test_a_window_without_any_file_finds_nobody(duckdb, source):
    nothing = {"event": "Order", "window": {"between": ["2020-01-01", "2020-02-01"]}}
    assert members(duckdb, nothing, source) == []
    assert members(duckdb, {**nothing, "op": "is", "value": 0}, source) == [1, 2, 3]


def test_an_empty_lake_answers(duckdb, tmp_path):
    source = worlds.write(worlds.Shop(), tmp_path)
    for leaf in (ADULT, ORDERED, {"feature": "n", "op": "is_missing"}, {"not": ORDERED}):
        assert members(duckdb, leaf, source) == []


def test_files_written_before_a_column_was_known_have_it_missing(ask):
    times = [datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 2, 10, tzinfo=UTC)]
    shop = with_events(
        shop_of({}, {}), {"customer_id": 1, "time": times[0]}, {"customer_id": 2, "time": times[1], "p_n": 5.0}
    )
    everything = {"all_time": True}
    spent = {"event": "Order", "measure": {"sum": "n"}, "op": "at_least", "value": 5, "window": everything}
    unknown = {"property": "s", "op": "is_missing"}
    assert ask(spent, shop) == [2]
    assert ask({"event": "Order", "where": unknown, "window": everything}, shop) == [1, 2]
    assert ask({"event": "Order", "where": {"property": "n", "op": "is_missing"}, "window": everything}, shop) == [1]


def test_members_of_sets_who_are_no_customers_any_more_are_left_out(duckdb, source):
    references = {("segment", "vip", ""): {1, 99}}
    from pyroaring import BitMap

    references = {name: BitMap(ids) for name, ids in references.items()}
    assert members(duckdb, {"segment": "vip"}, source, references=references) == [1]
    assert members(duckdb, {"not": {"segment": "vip"}}, source, references=references) == [2, 3]


def test_the_callers_sets_are_not_touched(duckdb, source):
    from pyroaring import BitMap

    vip = BitMap([1, 2])
    references = {("segment", "vip", ""): vip}
    found = members(duckdb, {"all": [{"segment": "vip"}, ADULT]}, source, references=references)
    assert found == [1]
    assert vip == BitMap([1, 2])


def test_what_one_caller_does_to_an_answer_does_not_reach_the_next(duckdb, source):
    rule = parse({"version": 1, "rule": ADULT}, worlds.CATALOG)
    about = {"as_of": AS_OF, "source": source, "references": {}}
    duckdb.members(rule, **about).clear()
    duckdb.leaf_sets(rule, **about)["rule"].clear()
    duckdb.population(Base(), as_of=AS_OF, timezone="UTC", source=source).clear()
    assert list(duckdb.members(rule, **about)) == [1]


def test_many_threads_get_the_right_answers_at_once(duckdb, source):
    leaves = [{"trait": "n", "op": "at_least", "value": limit} for limit in range(5, 25)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda leaf: members(duckdb, leaf, source), leaves * 3))
    assert found == [[1, 2] if limit <= 10 else [1] if limit <= 20 else [] for limit in range(5, 25)] * 3


def _in_child(duckdb: DuckDB, source: Source, answers: Any) -> None:
    answers.put((os.getpid(), members(duckdb, {**ADULT, "value": 19}, source)))


@pytest.mark.slow
def test_a_forked_process_asks_a_database_of_its_own(duckdb, source):
    assert members(duckdb, ADULT, source) == [1]
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_in_child, args=(duckdb, source, answers))
    child.start()
    process, found = answers.get(timeout=30)
    child.join(30)
    assert process != os.getpid()
    assert found == [1]
    assert members(duckdb, {**ADULT, "value": 5}, source) == [1, 2]


def test_the_set_of_a_leaf_lies_within_the_base(duckdb, source):
    document = {"version": 1, "base": {"population": "active", "days": 30}, "rule": {"any": [ADULT, {"not": ADULT}]}}
    rule = parse(document, worlds.CATALOG)
    leaf_sets = duckdb.leaf_sets(rule, as_of=AS_OF, source=source, references={})
    assert {path: list(found) for path, found in leaf_sets.items()} == {"rule.any[0]": [1], "rule.any[1].not": [1]}


def test_our_own_queries_read_the_lake_by_table_name(duckdb, source):
    query = parse_one("WITH counts AS (SELECT customer_id, COUNT(*) n FROM events GROUP BY 1) SELECT * FROM counts")
    assert duckdb.query(query, source).to_pylist() == [{"customer_id": 1, "n": 3}]
    joined = "SELECT c.external_id, e.time FROM customers AS c JOIN events e ON e.customer_id = c.customer_id"
    assert duckdb.query(parse_one(joined), source).num_rows == 3


def test_a_query_may_name_a_table_of_its_own_like_one_of_the_lake(duckdb, source):
    query = parse_one("WITH events AS (SELECT 7 AS customer_id) SELECT customer_id FROM events")
    assert duckdb.query(query, source).to_pylist() == [{"customer_id": 7}]


def test_a_query_that_cannot_run_is_our_error(duckdb, source):
    with pytest.raises(EngineError):
        duckdb.query(exp.select("nothing_like_it").from_("events"), source)


def test_the_memory_engine_says_that_it_runs_no_sql(source):
    with pytest.raises(EngineError, match="runs no SQL"):
        Memory().query(exp.select("customer_id").from_("customers"), source)
