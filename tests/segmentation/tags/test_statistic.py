"""Statistic tags: a feature cut into bands."""

import pytest

from segmentation.tags.kinds.base import TagError
from segmentation.tags.kinds.statistic import Statistic
from segmentation.tags.wording import use_currency
from tests.segmentation.tags.contexts import CATALOG, asked, context

NAMES = [{"key": k, "zh": zh, "en": k.title()} for k, zh in (("low", "低"), ("medium", "中"), ("high", "高"))]


def computed(values, feature="monetary", **definition):
    kind = Statistic()
    return kind.compute(kind.read({"feature": feature, "names": NAMES, **definition}), context({feature: values}))


def test_the_names_tell_the_bounds_with_their_unit():
    money = computed([10, 60, 2500], by="bounds", cuts=[50, 1200.5])
    assert [value.name_zh for value in money.values] == ["低（< 50 元）", "中（50–1,200.5 元）", "高（≥ 1,200.5 元）"]
    shares = computed([0.05, 0.2, 0.5], "discount_share", by="bounds", cuts=[0.1, 0.3])
    assert [value.name_en for value in shares.values] == ["Low (< 10 %)", "Medium (10–30 %)", "High (≥ 30 %)"]


def test_quantiles_are_learnt_and_rounded_before_anybody_is_placed():
    outcome = computed([float(n) for n in range(1, 1001)], by="quantiles", cuts=[0.5, 0.9])
    assert outcome.details["cuts"] == [500.0, 900.0]
    assert [len(outcome.members[name["key"]]) for name in NAMES] == [499, 400, 101]


def test_quantiles_can_be_those_of_customers_who_have_any():
    outcome = computed([0] * 90 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], by="quantiles", cuts=[0.5, 0.8], above=0)
    assert [len(outcome.members[name["key"]]) for name in NAMES] == [5, 3, 2]


def test_a_customer_without_the_feature_has_no_value():
    outcome = computed([10, None, float("nan"), 300], by="bounds", cuts=[50, 200])
    assert sorted(customer for members in outcome.members.values() for customer in members) == [1, 4]


def test_when_all_have_the_same_value_the_names_stay_with_their_bands():
    outcome = computed([5.0] * 20, by="quantiles", cuts=[0.2, 0.8])
    assert [len(outcome.members[name["key"]]) for name in NAMES] == [0, 0, 20]


def test_a_feature_that_nobody_has_fails_with_its_name():
    with pytest.raises(TagError, match="monetary") as failed:
        computed([None, None], by="bounds", cuts=[1, 2])
    assert failed.value.code == "feature_missing"


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        ({"cuts": [2, 1]}, "cuts", "not_rising"),
        ({"cuts": [1, 1]}, "cuts", "not_rising"),
        ({"by": "quantiles", "cuts": [0.5, 1.0]}, "cuts", "not_a_quantile"),
        ({"cuts": [1]}, "names", "names_of_bands"),
        ({"cuts": [1, "2"]}, "cuts[1]", "shape"),
        ({"feature": "favourite_category"}, "feature", "feature_type"),
        ({"feature": "fame"}, "feature", "unknown_feature"),
        ({"names": [NAMES[0], NAMES[0], NAMES[1]]}, "names[1].key", "repeated"),
        ({"names": [{**NAMES[0], "key": "Very Low"}, *NAMES[1:]]}, "names[0].key", "bad_key"),
    ],
)
def test_a_definition_that_cannot_run_is_refused_with_its_place(wrong, path, code):
    definition = {"feature": "monetary", "by": "bounds", "cuts": [1, 2], "names": NAMES, **wrong}
    (problem,) = Statistic().problems(definition, CATALOG)
    assert (problem.path, problem.code) == (path, code)


def test_why_tells_the_value_of_the_feature():
    kind = Statistic()
    definition = kind.read({"feature": "monetary", "by": "bounds", "cuts": [50, 200], "names": NAMES})
    why = kind.why(definition, kind.values(definition)[1], asked(monetary=1234.5))
    assert (why.zh, why.en) == ("monetary（中）：1,234.5 元", "monetary: ¥1,234.5")


def test_another_currency_stands_before_the_amount_in_both_languages():
    use_currency("US$")
    money = computed([10, 60, 2500], by="bounds", cuts=[50, 1200.5])
    assert [value.name_zh for value in money.values] == ["低（< US$50）", "中（US$50–1,200.5）", "高（≥ US$1,200.5）"]
