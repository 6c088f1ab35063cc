"""An explanation says what membership says, for many customers and rules, and names what decided it."""

from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segmentation.engines.memory import Memory, _people
from segmentation.engines.person import person_of
from segmentation.rules.days import Moment
from segmentation.rules.evaluate import ranked
from segmentation.rules.explain import explain
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, duckdb, shop_of, with_events  # noqa: F401 (fixtures)
from tests.segmentation.engines.rule_documents import documents

RULES, CUSTOMERS_PER_SHOP, SHOPS = 20, 10, 50


@settings(
    max_examples=SHOPS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_explanations_say_what_membership_says(data, tmp_path_factory):
    """Five hundred customers, twenty rules each."""
    zone, as_of = data.draw(st.sampled_from(worlds.MOMENTS))
    shop = worlds.make_shop(as_of, data.draw(st.integers(0, 10**6)), CUSTOMERS_PER_SHOP)
    source = worlds.write(shop, tmp_path_factory.mktemp("lake"))
    people = _people(source, as_of)
    for document in data.draw(st.lists(documents(as_of, zone), min_size=RULES, max_size=RULES)):
        rule = parse(document, worlds.CATALOG)
        members = Memory().members(rule, as_of=as_of, source=source, references=shop.references)
        known = {**shop.references, **ranked(rule, people, Moment(as_of, ZoneInfo(rule.timezone)))}
        for person in people:
            found = explain(rule, person, as_of=as_of, memberships=known)
            assert found.member == (person.id in members), document
            assert found.member == (found.in_base and found.nodes["rule"])


def explained(rule, *events, traits=None, references=None):
    shop = with_events(shop_of(traits or {}), *({"customer_id": 1, **event} for event in events))
    person = _person(shop)
    return explain(
        parse({"version": 1, "rule": rule}, worlds.CATALOG), person, as_of=AS_OF, memberships=references or {}
    )


def _person(shop):
    with TemporaryDirectory() as folder:
        return _people(worlds.write(shop, Path(folder)), AS_OF)[0]


def test_a_number_that_falls_short_says_by_how_much():
    rule = {"event": "Order", "op": "at_least", "value": 3, "window": {"recent_days": 1}}
    [verdict] = explained(rule, {}).verdicts
    assert (verdict.holds, verdict.evidence.value, verdict.short_by, len(verdict.evidence.rows)) == (False, 1, 2, 1)
    assert verdict.evidence.bounds[0].start == datetime.fromisoformat("2026-03-17T00:00+08:00")


def test_a_missing_value_says_what_became_of_it():
    [out] = explained({"trait": "s", "op": "is_not", "value": "a"}).verdicts
    [counted] = explained({"trait": "s", "op": "is_not", "value": "a", "missing": "include"}).verdicts
    assert (out.holds, out.missing, counted.holds, counted.missing) == (False, "exclude", True, "include")


def test_the_nearest_way_turns_the_fewest_conditions():
    near = {"trait": "n", "op": "at_least", "value": 5}
    far = {"all": [{"trait": "s", "op": "is", "value": "x"}, {"trait": "b", "op": "is", "value": True}]}
    found = explained({"any": [far, near]}, traits={"t_n": 4.0})
    assert found.nearest == ("rule.any[1]",)
    assert not found.member


def test_a_sequence_says_how_far_it_came():
    steps = [{"event": "Order"}, {"event": "View"}, {"event": "Order"}]
    [verdict] = explained({"sequence": steps, "window": {"all_time": True}}, {}).verdicts
    assert (verdict.evidence.value, verdict.short_by) == (1, 2)


def test_a_customer_is_read_from_the_lake_as_the_plain_meaning_knows_them(tmp_path, duckdb):  # noqa: F811
    as_of = worlds.MOMENTS[0][1]
    shop = worlds.make_shop(as_of, Random(1).randrange(10**6), 12)
    source = worlds.write(shop, tmp_path)
    for person in _people(source, as_of):
        found = person_of(person.id, as_of=as_of, query=lambda query: duckdb.query(query, source))
        assert found is not None
        assert (found.id, found.identified, found.reachable) == (person.id, person.identified, person.reachable)
        assert sorted(row.order for row in found.events) == sorted(row.order for row in person.events)
        assert sorted(row.order for row in found.items) == sorted(row.order for row in person.items)
        assert {name: found.traits[name] for name in person.traits} == dict(person.traits)
    assert person_of(299_999, as_of=as_of, query=lambda query: duckdb.query(query, source)) is None
