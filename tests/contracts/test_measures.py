"""Every measure keeps the same promises, in its plain meaning and in DuckDB."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.plugins import load_all
from segmentation.rules.measures.base import Measure
from tests.segmentation.engines.conftest import ask, by_sql, duckdb, shop_of, with_events  # noqa: F401 (fixtures)

MICROSECOND = timedelta(microseconds=1)
MEASURES = load_all("segmentation.rules.measures", Measure)


@dataclass(frozen=True)
class Case:
    """What a customer did, and what the measure makes of it; None for missing."""

    rows: tuple[dict[str, Any], ...]
    result: Any
    property: str = "n"


def on(*days: str) -> tuple[dict[str, Any], ...]:
    return tuple({"time": datetime.fromisoformat(day).astimezone(UTC)} for day in days)


def worth(*numbers: float | None) -> tuple[dict[str, Any], ...]:
    return tuple({"p_n": number} for number in numbers)


CASES: dict[str, list[Case]] = {
    "count": [Case((), 0), Case(worth(1, None, 1), 3)],
    "events": [Case((), 0), Case(worth(1, 1), 2)],
    "active_days": [
        Case((), 0),
        # Four in the afternoon in UTC is midnight in Shanghai.
        Case(on("2026-03-01T15:59:59Z", "2026-03-01T16:00Z", "2026-03-02T15:59:59.999999Z"), 2),
        Case(on("1969-12-31T10:00Z", "1970-01-01T10:00Z", "1970-01-01T11:00Z"), 2),
    ],
    "distinct": [
        Case((), 0),
        Case(worth(0.0, -0.0, None, 5, 5), 2),
        Case(({"p_s": "a"}, {"p_s": "A"}, {"p_s": ""}, {}), 3, "s"),
        Case(({"p_b": True}, {"p_b": True}, {}), 1, "b"),
    ],
    "sum": [
        Case((), 0),
        Case(worth(None), 0),
        Case(worth(*[0.1] * 10), 1),
        Case(worth(0.1, 0.2, None), 0.3),
        Case(worth(1e12, 1e12, -5), 2e12 - 5),
        # A single number counts as a million million at most.
        Case(worth(1e15, 1), 1e12 + 1),
        Case(worth(-0.005, -0.0025), -0.0075),
    ],
    "average": [
        Case((), None),
        Case(worth(None), None),
        Case(worth(0.1, 0.2, None), 0.15),
        Case(worth(1, 2, 3), 2),
        Case(worth(*[1e12] * 30), 1e12),
    ],
    "minimum": [Case((), None), Case(worth(None), None), Case(worth(3, -1, None), -1)],
    "maximum": [Case((), None), Case(worth(None), None), Case(worth(3, -1, None), 3)],
}
FIRST, LAST = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)
OUT_OF_ORDER = ({"time": LAST, "p_s": "b", "p_n": 2.0}, {"time": FIRST, "p_s": "a", "p_n": 1.0})
CASES |= {
    "first_time": [Case((), None), Case(OUT_OF_ORDER, FIRST)],
    "last_time": [Case((), None), Case(OUT_OF_ORDER, LAST)],
    "first_value": [
        Case((), None),
        Case(worth(None), None),
        Case(OUT_OF_ORDER, "a", "s"),
        # Those without the property are passed over, and the number of the event decides at the same time.
        Case(worth(None, 3, 4), 3),
    ],
    "last_value": [Case((), None), Case(OUT_OF_ORDER, "b", "s"), Case(worth(3, 4, None), 4)],
    "days_since": [
        Case((), None),
        Case(worth(1), 0),
        # The moment is nine in the morning of 17 March in Shanghai.
        Case(on("2026-03-16T15:59:59Z", "2026-02-01T00:00Z"), 1),
        Case(on("2026-03-16T16:00Z"), 0),
        Case(on("2024-02-29T00:00Z"), 747),
    ],
}
ALL = [(key, case) for key in MEASURES for case in CASES.get(key, [])]


def leaf(key: str, case: Case, op: str, value: Any = None, **parts: Any) -> dict[str, Any]:
    of = case.property if MEASURES[key].types else True
    document = {"event": "Order", "measure": {key: of}, "op": op, "window": {"all_time": True}, **parts}
    return document if value is None else {**document, "value": value}


@pytest.mark.parametrize("key", MEASURES)
def test_it_has_worked_examples_of_nothing_and_of_something(key):
    assert key in CASES, f"tests/contracts/test_measures.py has no case for {key}"
    nothing, *something = CASES[key]
    assert nothing.rows == ()
    assert nothing.result == MEASURES[key].empty
    assert something


@pytest.mark.parametrize(("key", "case"), ALL)
def test_its_examples_come_out_in_every_engine(key, case, ask):  # noqa: F811
    shop = with_events(shop_of({}), *({"customer_id": 1, **row} for row in case.rows))
    if case.result is None:
        assert ask(leaf(key, case, "is_missing"), shop) == [1]
        if MEASURES[key].result("number") != "number":
            assert ask(leaf(key, case, "is_present"), shop) == []
            return
        assert ask(leaf(key, case, "is_not", 5), shop) == []
        assert ask(leaf(key, case, "is_not", 5, missing="include"), shop) == [1]
        assert ask(leaf(key, case, "less_than", 5), shop) == []
        return
    if isinstance(case.result, datetime):
        assert ask(leaf(key, case, "before", (case.result + MICROSECOND).isoformat()), shop) == [1]
        assert ask(leaf(key, case, "before", case.result.isoformat()), shop) == []
        assert ask(leaf(key, case, "after", (case.result - MICROSECOND).isoformat()), shop) == [1]
        assert ask(leaf(key, case, "after", case.result.isoformat()), shop) == []
        return
    assert ask(leaf(key, case, "is", case.result), shop) == [1]
    if isinstance(case.result, str):
        assert ask(leaf(key, case, "is_not", case.result), shop) == []
        assert ask(leaf(key, case, "is", case.result.upper(), fold=True), shop) == [1]
        assert ask(leaf(key, case, "matches", "^[[:alpha:]]$"), shop) == [1]
        assert ask(leaf(key, case, "one_of", [case.result, *map(str, range(60))]), shop) == [1]
        return
    assert ask(leaf(key, case, "at_least", case.result), shop) == [1]
    assert ask(leaf(key, case, "more_than", case.result), shop) == []
    assert ask(leaf(key, case, "at_most", case.result), shop) == [1]
    assert ask(leaf(key, case, "less_than", case.result), shop) == []
    assert ask(leaf(key, case, "one_of", [case.result, -99]), shop) == [1]
    assert ask(leaf(key, case, "between", [case.result, 1e15]), shop) == [1]


@pytest.mark.parametrize("key", MEASURES)
def test_it_is_told_in_both_languages_with_what_it_measures(key):
    for language in ("en", "zh"):
        assert "{event}" in MEASURES[key].words[language]
        assert ("{property}" in MEASURES[key].words[language]) == bool(MEASURES[key].types)


def test_items_of_one_event_are_one_event(ask):  # noqa: F811
    shop = shop_of({}, {})
    for customer, event in ((1, 1), (1, 1), (1, 2), (2, 3)):
        row = {"event_id": event, "customer_id": customer, "event": "Order", "position": len(shop.items)}
        shop.items.append({**row, "time": datetime(2026, 3, 1, tzinfo=UTC), "category": "sports"})
    document = {"items_of": "Order", "measure": {"events": True}, "op": "is", "value": 2, "window": {"all_time": True}}
    assert ask(document, shop) == [1]
    assert ask({**document, "measure": {"count": True}, "value": 3}, shop) == [1]
