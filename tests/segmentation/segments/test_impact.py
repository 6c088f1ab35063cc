"""What a reviewer is told of a change: the definition's own doing, and everything that moves with it."""

import pytest
from django.utils import translation
from pyroaring import BitMap

from segmentation.segments.impact import impact_of
from segmentation.segments.services import create_segment
from segmentation.sets import store
from segmentation.tags import services
from tests.segmentation.corner_shop import AS_OF, computed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]


def orders(least):
    return {"version": 1, "rule": {"feature": "frequency", "op": "at_least", "value": least}}


def levels(often, ever=1):
    return {
        "values": [
            {"key": "often", "zh": "常买", "en": "Often", "rule": orders(often)},
            {"key": "ever", "zh": "买过", "en": "Ever", "rule": orders(ever)},
        ]
    }


def of_tag(value):
    return {"version": 1, "rule": {"tag": "buys", "op": "is", "value": value}}


@pytest.fixture
def tag():
    category = services.create_category(key="c", name_zh="类", name_en="C")
    made = services.create_tag(
        key="buys", category=category, kind="rule", definition=levels(10), name_zh="购买", name_en="Buys"
    )
    made = services.publish_tag(tag=made, by=None)
    computed("tags.compute", "buys")
    create_segment(key="direct", rule=of_tag("often"), name_zh="常客", name_en="Direct")
    create_segment(
        key="further", rule={"version": 1, "rule": {"not": {"segment": "direct"}}}, name_zh="其余", name_en="Further"
    )
    create_segment(key="aside", rule=orders(1), name_zh="旁", name_en="Aside")
    for key in ("direct", "further"):
        computed("segments.compute", key)
    return made


def test_it_tells_who_enters_leaves_and_stays_as_computing_it_would(tag):
    before = {value: store.current("tag_value", "buys", value) for value in ("often", "ever")}
    with translation.override("en"):
        impact = impact_of(tag, levels(20), as_of=AS_OF)
    assert store.current("tag_value", "buys", "often") == before["often"]  # nothing was published
    services.new_version(tag=tag, definition=levels(20), by=None)
    services.publish_tag(tag=tag, by=None)
    computed("tags.compute", "buys")
    after = {value: store.current("tag_value", "buys", value) for value in ("often", "ever")}
    told = [(move.entered, move.left, move.stays) for move in impact.sets]
    assert told == [
        (len(after[value] - before[value]), len(before[value] - after[value]), len(before[value] & after[value]))
        for value in ("often", "ever")
    ]
    moved = len(before["often"] & after["ever"])
    assert impact.flows == [("Often", "Ever", moved)]
    assert impact.customers_moved == moved > 0
    assert BitMap(impact.sets[0].left_sample) <= before["often"] - after["often"]


def test_what_refers_to_it_moves_with_it_over_any_number_of_steps(tag):
    before = {key: store.current("segment", key) for key in ("direct", "further")}
    impact = impact_of(tag, levels(20), as_of=AS_OF)
    assert [one.key for one in impact.downstream] == ["direct", "further"]
    services.new_version(tag=tag, definition=levels(20), by=None)
    services.publish_tag(tag=tag, by=None)
    computed("tags.compute", "buys")
    for one in impact.downstream:
        computed("segments.compute", one.key)
        after = store.current("segment", one.key)
        (move,) = one.sets
        assert (move.entered, move.left, move.after) == (
            len(after - before[one.key]),
            len(before[one.key] - after),
            len(after),
        )
        assert one.moves


def test_a_change_that_changes_nothing_says_so(tag):
    impact = impact_of(tag, levels(10), as_of=AS_OF)
    assert not any(move.moves for move in impact.sets)
    assert not any(one.moves for one in impact.downstream)
    assert impact.flows == []


def test_a_value_that_the_change_takes_away_is_empty_for_what_refers_to_it(tag):
    without = {"values": levels(10)["values"][1:]}
    impact = impact_of(tag, without, as_of=AS_OF)
    direct = next(one for one in impact.downstream if one.key == "direct")
    assert direct.sets[0].after == 0


def test_a_kind_that_takes_minutes_is_not_tried():
    category = services.create_category(key="c", name_zh="类", name_en="C")
    definition = {"features": ["frequency", "monetary", "recency_days"]}
    made = services.create_tag(
        key="groups", category=category, kind="cluster", definition=definition, name_zh="群", name_en="Groups"
    )
    assert impact_of(made, definition, as_of=AS_OF).unknown == "heavy"
