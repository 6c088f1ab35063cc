"""Rules know what they refer to, and cannot refer to themselves by any way round."""

import pytest

from segmentation.rules.parse import canonical, parse
from segmentation.rules.references import CycleError, named_in, references, refuse_cycle
from tests.segmentation.rules.shop_words import CATALOG, rule

ORDERED = {"event": "Order Completed", "window": {"all_time": True}}
IN_NEW = {"segment": "new"}
POWER = {"tag": "spending-power", "op": "is", "value": "high"}


def test_a_rule_names_all_it_refers_to_however_deep():
    read = parse(rule({"any": [ORDERED, {"not": {"all": [IN_NEW, POWER]}}, {"audience": "spring-sale"}]}), CATALOG)
    assert references(read) == {("segment", "new"), ("tag", "spending-power"), ("audience", "spring-sale")}
    assert named_in(canonical(read)) == references(read)


def test_a_rule_without_references_names_none():
    assert references(parse(rule(ORDERED), CATALOG)) == set()


@pytest.mark.parametrize(
    ("edges", "way"),
    [
        ({}, "segment “new” → segment “new”"),
        ({("segment", "new"): [("tag", "t")], ("tag", "t"): [("segment", "a")]}, None),
    ],
)
def test_a_rule_that_names_itself_is_refused(edges, way):
    read = parse(rule({"all": [ORDERED, IN_NEW]}), CATALOG)
    if way is None:
        refuse_cycle(("segment", "other"), read, lambda name: edges.get(name, ()))
        return
    with pytest.raises(CycleError, match=way) as caught:
        refuse_cycle(("segment", "new"), read, lambda name: edges.get(name, ()))
    assert caught.value.where == "rule.all[1]"


def test_a_way_round_over_others_is_told_with_every_step():
    edges = {("segment", "new"): [("tag", "t"), ("segment", "x")], ("tag", "t"): [("segment", "mine")]}
    read = parse(rule(IN_NEW), CATALOG)
    with pytest.raises(CycleError, match="segment “mine” → segment “new” → tag “t” → segment “mine”"):
        refuse_cycle(("segment", "mine"), read, lambda name: edges.get(name, ()))


def test_a_cycle_elsewhere_neither_hangs_nor_matters():
    edges = {("segment", "new"): [("tag", "t")], ("tag", "t"): [("segment", "new")]}
    asked: list[tuple[str, str]] = []

    def follow(name: tuple[str, str]) -> list[tuple[str, str]]:
        asked.append(name)
        return edges.get(name, [])

    refuse_cycle(("segment", "mine"), parse(rule(IN_NEW), CATALOG), follow)
    assert sorted(asked) == [("segment", "new"), ("tag", "t")]
