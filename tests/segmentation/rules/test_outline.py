"""Rules are told as lines too: a condition each, below what is asked of their group."""

from segmentation.rules.describe import describe
from segmentation.rules.outline import outline
from segmentation.rules.parse import parse
from tests.segmentation.rules.shop_words import AS_OF, CATALOG, rule

CN = {"trait": "country", "op": "is", "value": "CN"}
VIP = {"trait": "vip", "op": "is", "value": True}


def lines(leaf: dict, language: str = "en") -> list[tuple[int, str]]:
    told = describe(parse(rule(leaf), CATALOG), CATALOG, language, AS_OF)
    return [(line.depth, line.text) for line in outline(told, language)]


def test_each_condition_has_its_line_below_its_group():
    found = lines({"all": [CN, {"any": [VIP, {"not": CN}]}]})
    assert found == [
        (0, "All customers where all of these hold:"),
        (1, "“Country” is “CN”"),
        (1, "any of these holds:"),
        (2, "“VIP” is yes"),
        (2, "not (“Country” is “CN”)"),
    ]


def test_a_negated_group_says_so_at_its_head():
    assert lines({"not": {"any": [CN, VIP]}}, "zh")[0] == (0, "全部客户中，以下条件均不满足：")
    assert lines({"all": [VIP, {"not": {"all": [CN, VIP]}}]}, "zh")[2] == (1, "以下条件并非全部满足：")


def test_one_condition_is_one_sentence():
    assert lines({"all": [{"any": [CN]}]}) == [(0, lines(CN)[0][1])]
    assert lines(CN)[0][1].endswith("Days are those of Asia/Shanghai.")
