"""Every engine keeps the same promises. `tests/segmentation/engines/test_agreement.py` holds them to one meaning."""

from datetime import UTC, datetime, timedelta

import pytest
from pyroaring import BitMap

from segmentation import engines
from segmentation.engines.base import Limits
from segmentation.rules.nodes import Base
from segmentation.rules.parse import parse
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import AS_OF, shop_of, with_events

KEYS = ["duckdb", "memory"]
ORDERED = {"event": "Order", "window": {"recent_days": 30}}


@pytest.fixture(params=KEYS)
def engine(request, tmp_path):
    return engines.load(request.param, Limits(tmp_path))


@pytest.fixture
def source(tmp_path):
    """Customer 1 ordered yesterday and long ago, 2 long ago, 3 will tomorrow; 4 did nothing and is anonymous."""
    shop = shop_of({}, {}, {}, {"identified": False, "reachable": None})
    shop.customers[1]["reachable"] = ["service:email"]
    for customer, days in ((1, 1), (1, 400), (2, 400), (3, -1)):
        with_events(shop, {"customer_id": customer, "time": (AS_OF - timedelta(days=days)).astimezone(UTC)})
    for day, number in ((3, 10.0), (1, 20.0), (-1, 30.0)):
        base_date = (AS_OF - timedelta(days=day)).astimezone(UTC)
        row = {"customer_id": 1, "as_of": base_date, "as_of_date": base_date.date(), "f_n": number}
        shop.features.append(row)
    return worlds.write(shop, tmp_path)


def members(engine, source, leaf, as_of=AS_OF, base=None):
    rule = parse({"version": 1, "rule": leaf, **({"base": base} if base else {})}, worlds.CATALOG)
    return list(engine.members(rule, as_of=as_of, source=source, references={}))


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (Base(), [1, 2, 3, 4]),
        (Base("identified"), [1, 2, 3]),
        (Base("active", days=30), [1]),
        (Base("contactable", channel="email", purpose="marketing"), [1, 3]),
        (Base("contactable", channel="email", purpose="service"), [2]),
        (Base("contactable", channel="sms", purpose="marketing"), []),
    ],
)
def test_it_knows_the_base_populations(engine, source, base, expected):
    assert list(engine.population(base, as_of=AS_OF, timezone="Asia/Shanghai", source=source)) == expected


def test_a_negative_rule_alone_means_the_rest_of_the_base(engine, source):
    assert members(engine, source, {"not": ORDERED}) == [2, 3, 4]
    assert members(engine, source, {**ORDERED, "op": "is", "value": 0}) == [2, 3, 4]
    assert members(engine, source, {"not": ORDERED}, base={"population": "identified"}) == [2, 3]


def test_events_after_the_moment_never_count(engine, source):
    assert members(engine, source, {"event": "Order", "window": {"all_time": True}}) == [1, 2]
    later = AS_OF + timedelta(days=2)
    assert members(engine, source, {"event": "Order", "window": {"all_time": True}}, later) == [1, 2, 3]


def test_any_past_moment_can_be_asked_about(engine, source):
    assert members(engine, source, ORDERED, AS_OF - timedelta(days=399)) == [1, 2]
    assert members(engine, source, ORDERED, AS_OF - timedelta(days=500)) == []


@pytest.mark.parametrize(("days", "number"), [(0, 20), (2, 10), (-5, 30)])
def test_features_are_those_of_the_newest_base_date_up_to_the_moment(engine, source, days, number):
    leaf = {"feature": "n", "op": "is", "value": number}
    assert members(engine, source, leaf, AS_OF - timedelta(days=days)) == [1]


def test_before_the_first_base_date_every_feature_is_missing(engine, source):
    asked = AS_OF - timedelta(days=30)
    assert members(engine, source, {"feature": "n", "op": "at_least", "value": 0}, asked) == []
    assert members(engine, source, {"feature": "n", "op": "is_missing"}, asked) == [1, 2, 3, 4]


def test_the_set_of_each_leaf_comes_by_path_within_the_base(engine, source):
    rule = parse(
        {"version": 1, "base": {"population": "identified"}, "rule": {"all": [ORDERED, {"not": {"segment": "vip"}}]}},
        worlds.CATALOG,
    )
    references = {("segment", "vip", ""): BitMap([2, 4, 99])}
    found = engine.leaf_sets(rule, as_of=AS_OF, source=source, references=references)
    assert {path: list(ids) for path, ids in found.items()} == {"rule.all[0]": [1], "rule.all[1].not": [2]}
    assert list(engine.members(rule, as_of=AS_OF, source=source, references=references)) == [1]


def test_the_time_zone_of_the_rule_decides_what_a_day_is(engine, source):
    yesterday = {"event": "Order", "window": {"calendar": "yesterday"}}
    at_nine_in_shanghai = datetime(2026, 3, 17, 1, tzinfo=UTC)
    assert members(engine, source, yesterday, at_nine_in_shanghai) == [1]
    rule = parse({"version": 1, "timezone": "America/New_York", "rule": yesterday}, worlds.CATALOG)
    # There it is the evening of the 16th, and the order was on the evening of the 15th.
    assert list(engine.members(rule, as_of=at_nine_in_shanghai, source=source, references={})) == [1]
    rule = parse({"version": 1, "timezone": "UTC", "rule": {**yesterday}}, worlds.CATALOG)
    assert list(engine.members(rule, as_of=at_nine_in_shanghai + timedelta(days=1), source=source, references={})) == []
