"""Rules asked of some customers alone, and what asking all would take."""

import pytest
from pyroaring import BitMap

from segmentation.engines.costs import COLUMNS, Costs
from segmentation.engines.duckdb import DuckDB
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, shop_of, with_events

EVER = {"all_time": True}
LEAVES = {
    "count": {"event": "Order", "op": "at_least", "value": 2, "window": EVER},
    "none": {"event": "Order", "op": "is", "value": 0, "window": EVER},
    "trait": {"trait": "n", "op": "at_least", "value": 3},
    "sequence": {"sequence": [{"event": "Order"}, {"event": "Order"}], "window": EVER},
    "segment": {"not": {"segment": "vip"}},
}


@pytest.fixture
def shop() -> worlds.Shop:
    shop = shop_of(*({"t_n": float(n)} for n in range(8)))
    orders = [{"customer_id": id} for id in (1, 1, 2, 4, 4, 4, 6, 7, 7)]
    return with_events(shop, *orders)


@pytest.mark.parametrize("leaf", LEAVES.values(), ids=LEAVES)
def test_those_of_some_customers_are_those_of_all_that_are_among_them(duckdb: DuckDB, tmp_path, shop, leaf):
    rule = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
    about = {
        "as_of": AS_OF,
        "source": worlds.write(shop, tmp_path),
        "references": {("segment", "vip", ""): BitMap([2])},
    }
    some = BitMap([1, 2, 3, 7])
    assert duckdb.members_among(some, rule, **about) == duckdb.members(rule, **about) & some


def test_what_is_known_takes_no_time(duckdb: DuckDB, tmp_path, shop):
    rule = parse({"version": 1, "rule": LEAVES["count"]}, worlds.CATALOG)
    about = {"as_of": AS_OF, "source": worlds.write(shop, tmp_path)}
    assert duckdb.seconds(rule, **about) > 0
    duckdb.members(rule, references={}, **about)
    assert duckdb.seconds(rule, **about) == 0


def test_costs_are_learnt_from_what_questions_took(monkeypatch):
    costs, clock = Costs(), iter([0.0, 4.0])
    monkeypatch.setattr("segmentation.engines.costs.perf_counter", lambda: next(clock))
    assert costs.seconds(COLUMNS, 1_000_000) < 1
    costs.timed(COLUMNS, lambda: 1_000_000, lambda: None)
    assert costs.seconds(COLUMNS, 2_000_000) == 8
