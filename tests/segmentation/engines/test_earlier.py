"""Going on from an earlier answer, over fewer files or of an earlier moment, finds what asking afresh would."""

from datetime import UTC, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from segmentation.engines import tallies
from segmentation.engines.memory import Memory
from segmentation.lake.tables import EVENTS, ITEMS, Source
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, shop_of, with_events

MEASURES: list[tuple[dict[str, Any], str, float]] = [
    ({"count": True}, "at_least", 2),
    ({"count": True}, "at_most", 1),
    ({"sum": "n"}, "more_than", 1),
    ({"average": "n"}, "less_than", 3),
    ({"minimum": "n"}, "at_least", 1),
    ({"active_days": True}, "at_least", 2),
    ({"distinct": "s"}, "at_least", 2),
]
WINDOWS: list[dict[str, Any]] = [{"past_days": 30}, {"recent_days": 8}, {"all_time": True}, {"rolling_hours": 72}]


@pytest.mark.parametrize("seed", range(12))
def test_new_files_and_later_moments_change_answers_as_asking_afresh_would(duckdb, monkeypatch, tmp_path, seed):
    monkeypatch.setattr(tallies, "MOST_TOUCHED", 1.0)
    amended = _counted(monkeypatch)
    chance = Random(seed)
    shop = worlds.make_shop(AS_OF, seed, 12)
    shop.events = [event for event in shop.events if event["event"] == "Order"]
    source = worlds.write(shop, tmp_path)
    for step in range(3):
        as_of = AS_OF + timedelta(hours=20 * step)
        for leaf in _leaves():
            rule = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
            asked = {"as_of": as_of, "source": source, "references": {}}
            assert duckdb.members(rule, **asked) == Memory().members(rule, **asked), leaf
        source = _with_more(source, shop, chance, tmp_path)
    assert amended


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Notes each answer that was amended."""
    seen: list[bool] = []
    original = tallies.Tallies._amended

    def noted(*arguments: Any) -> Any:
        found = original(*arguments)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(tallies.Tallies, "_amended", noted)
    return seen


def _leaves() -> list[dict[str, Any]]:
    where = {"property": "b", "op": "is", "value": True}
    return [
        {kind: "Order", "measure": measure, "op": op, "value": value, "window": window, **more}
        for kind in ("event", "items_of")
        for measure, op, value in MEASURES
        for window in WINDOWS
        for more in ({}, {"where": where})
    ]


def _with_more(source: Source, shop: worlds.Shop, chance: Random, folder: Path) -> Source:
    """The lake with a few events more, in files of their own."""
    more = worlds.Shop()
    for customer in chance.sample([row["customer_id"] for row in shop.customers], 2):
        time = (AS_OF - timedelta(days=chance.randrange(20))).astimezone(UTC)
        fixed = {"event_id": chance.randrange(10**6, 10**9), "customer_id": customer, "event": "Order", "time": time}
        event = {**fixed, "p_n": chance.choice(worlds.NUMBERS), "p_b": chance.choice([True, None]), "p_s": "new"}
        more.events.append(event)
        more.items.append({**event, "position": 0})
    new = worlds.write(more, folder)
    tables = {**source.tables, **{table: (*source.tables[table], *new.tables[table]) for table in (EVENTS, ITEMS)}}
    return Source(new.version, tables, {**source.months, **new.months}, source.schemas)


def test_an_answer_over_other_files_than_the_new_ones_is_not_gone_on_from(duckdb, tmp_path):
    leaf = {"event": "Order", "window": {"all_time": True}}
    rule = parse({"version": 1, "rule": leaf}, worlds.CATALOG)
    for customers in ([1, 2], [2], [1]):
        events = ({"customer_id": customer} for customer in customers)
        source = worlds.write(with_events(shop_of({}, {}), *events), tmp_path)
        assert list(duckdb.members(rule, as_of=AS_OF, source=source, references={})) == customers
