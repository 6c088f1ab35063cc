"""Every predicate keeps the same promises: read, written, told, asked, and its exact complement."""

from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from pyroaring import BitMap

from customers.plugins import load_all
from segmentation.rules.describe import describe
from segmentation.rules.parse import canonical, parse
from segmentation.rules.predicates.base import Predicate
from segmentation.rules.references import GROUPS, references
from segmentation.rules.schema import json_schema
from tests.contracts.shape_cases import CASES as SHAPE_CASES
from tests.contracts.shape_cases import with_history
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, ask, by_sql, duckdb, shop_of, with_events  # noqa: F401 (fixtures)

PREDICATES = load_all("segmentation.rules.predicates", Predicate)
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
EVER = {"all_time": True}


def shop() -> worlds.Shop:
    """Customers 1 to 4: the first has most, the last has nothing."""
    made = shop_of({"t_n": 30.0, "t_s": "CN"}, {"t_n": 20.0}, {"t_s": "US"}, {})
    with_events(made, {"customer_id": 1, "p_n": 60.0}, {"customer_id": 1, "p_n": 10.0}, {"customer_id": 2, "p_n": 5.0})
    for customer, category in ((1, "sports"), (1, "sports"), (2, "books")):
        row = {"event_id": customer, "customer_id": customer, "event": "Order", "time": MARCH, "position": 0}
        made.items.append({**row, "category": category, "p_n": 2.0})
    for customer, number in ((1, 500.0), (2, 100.0)):
        made.features.append({"customer_id": customer, "as_of": MARCH, "as_of_date": MARCH.date(), "f_n": number})
    with_history(made)
    tags = {"high": [1], "low": [1, 2], "none'; --": []}
    made.references = {("tag", "power", value): BitMap(ids) for value, ids in tags.items()}
    # Customer 1 has "high" by hand, and "low" like customer 2 by rule.
    origins = {("high", "by_hand"): [1], ("low", "rule"): [1, 2]}
    for value in tags:
        for origin in ("by_hand", "rule"):
            made.references[f"tag:{origin}", "power", value] = BitMap(origins.get((value, origin), []))
    made.references |= {("segment", "vip", ""): BitMap([1, 3]), ("audience", "sale", ""): BitMap([2])}
    return made


# Leaf, and whom it means.
CASES: dict[str, list[tuple[dict[str, Any], list[int]]]] = {
    "trait": [
        ({"trait": "n", "op": "at_least", "value": 20}, [1, 2]),
        ({"trait": "s", "op": "is_not", "value": "CN"}, [3]),
        ({"trait": "s", "op": "is_not", "value": "CN", "missing": "include"}, [2, 3, 4]),
        ({"trait": "s", "op": "is_missing"}, [2, 4]),
    ],
    "feature": [
        ({"feature": "n", "op": "less_than", "value": 200}, [2]),
        ({"feature": "n", "op": "is_missing"}, [3, 4]),
        ({"feature": "n", "op": "is_not", "value": 100, "missing": "include"}, [1, 3, 4]),
    ],
    "event": [
        ({"event": "Order", "window": EVER}, [1, 2]),
        ({"event": "Order", "op": "is", "value": 0, "window": EVER}, [3, 4]),
        ({"event": "Order", "op": "at_most", "value": 1, "window": EVER}, [2, 3, 4]),
        ({"event": "Order", "op": "at_least", "value": 0, "window": EVER}, [1, 2, 3, 4]),
        ({"event": "Order", "op": "less_than", "value": 0, "window": EVER}, []),
        ({"event": "Order", "op": "is", "value": 1.5, "window": EVER}, []),
        ({"event": "Order", "op": "is_not", "value": -1, "window": EVER}, [1, 2, 3, 4]),
        ({"event": "Order", "op": "is_not", "value": 2, "window": EVER}, [2, 3, 4]),
        ({"event": "Order", "op": "between", "value": [0, 1], "window": EVER}, [2, 3, 4]),
        ({"event": "Order", "measure": {"sum": "n"}, "op": "at_least", "value": 70, "window": EVER}, [1]),
        ({"event": "Order", "measure": {"sum": "n"}, "op": "less_than", "value": 6, "window": EVER}, [2, 3, 4]),
        (
            {"event": "Order", "where": {"property": "n", "op": "more_than", "value": 50}, "window": EVER},
            [1],
        ),
        ({"event": worlds.EVENT_NAMES[2], "window": EVER}, []),
        ({"event": worlds.EVENT_NAMES[2], "op": "is", "value": 0, "window": EVER}, [1, 2, 3, 4]),
    ],
    "items_of": [
        (
            {
                "items_of": "Order",
                "where": {"property": "category", "op": "is", "value": "sports"},
                "measure": {"sum": "n"},
                "op": "at_least",
                "value": 4,
                "window": EVER,
            },
            [1],
        ),
        ({"items_of": "Order", "op": "less_than", "value": 2, "window": EVER}, [2, 3, 4]),
    ],
    "tag": [
        ({"tag": "power", "op": "is", "value": "low"}, [1, 2]),
        ({"tag": "power", "op": "one_of", "value": ["high", "none'; --"]}, [1]),
        # Nobody has "is not low" who also has low.
        ({"tag": "power", "op": "is_not", "value": "low"}, []),
        ({"tag": "power", "op": "is_not", "value": "high"}, [2]),
        ({"tag": "power", "op": "not_one_of", "value": ["high"], "missing": "include"}, [2, 3, 4]),
        ({"tag": "power", "op": "is_present"}, [1, 2]),
        ({"tag": "power", "op": "is_missing"}, [3, 4]),
        ({"tag": "power", "op": "is", "value": "low", "origin": ["by_hand"]}, []),
        ({"tag": "power", "op": "is_present", "origin": ["by_hand"]}, [1]),
        ({"tag": "power", "op": "one_of", "value": ["high", "low"], "origin": ["rule", "by_hand"]}, [1, 2]),
        # Of those who have something by hand, whoever has no "low" from there.
        ({"tag": "power", "op": "is_not", "value": "low", "origin": ["by_hand"]}, [1]),
        ({"tag": "power", "op": "is_not", "value": "low", "origin": ["by_hand"], "missing": "include"}, [1, 2, 3, 4]),
        ({"tag": "power", "op": "is_missing", "origin": ["by_hand"]}, [2, 3, 4]),
    ],
    "segment": [({"segment": "vip"}, [1, 3])],
    "audience": [({"audience": "sale"}, [2])],
}
CASES |= SHAPE_CASES
ALL = [(key, leaf, meant) for key in PREDICATES for leaf, meant in CASES.get(key, [])]


@pytest.mark.parametrize("key", PREDICATES)
def test_it_has_a_worked_example(key):
    assert key in CASES, f"tests/contracts/test_predicates.py has no case for {key}"


@pytest.mark.parametrize(("key", "leaf", "meant"), ALL)
def test_its_examples_come_out_in_every_engine(key, leaf, meant, ask):  # noqa: F811
    assert ask(leaf, shop()) == meant


@pytest.mark.parametrize(("key", "leaf", "meant"), ALL)
def test_not_is_its_exact_complement(key, leaf, meant, ask):  # noqa: F811
    assert ask({"not": leaf}, shop()) == sorted({1, 2, 3, 4} - set(meant))


@pytest.mark.parametrize(("key", "leaf", "meant"), ALL)
def test_it_reads_back_what_it_writes_and_fits_the_schema(key, leaf, meant):
    read = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
    written = canonical(read)
    assert parse(written, worlds.CATALOG) == read
    VALIDATOR.validate({"version": 1, "rule": leaf})
    VALIDATOR.validate(written)


@pytest.mark.parametrize(("key", "leaf", "meant"), ALL)
def test_it_is_told_in_both_languages(key, leaf, meant):
    read = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
    english, chinese = (describe(read, worlds.CATALOG, language, AS_OF).rule.text for language in ("en", "zh-hans"))
    assert english
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert english != chinese


@pytest.mark.parametrize("key", PREDICATES)
def test_it_names_what_it_refers_to(key):
    leaf, _ = CASES[key][0]
    expected = {(key, leaf[key])} if key in GROUPS else set()
    assert references(parse({"version": 1, "rule": leaf}, worlds.CATALOG)) == expected
