"""Rules that cannot run are refused when they are read, every problem with its place."""

import re

import pytest

from segmentation.rules.parse import parse
from segmentation.rules.problems import MESSAGES, Problem, RuleError
from segmentation.rules.reading import DEEPEST, MOST_CONDITIONS, MOST_PROBLEMS, MOST_VALUES
from tests.segmentation.rules.shop_words import CATALOG, COUNTRY, did, rule, trait


def problems(document: object) -> list[tuple[str, str]]:
    with pytest.raises(RuleError) as caught:
        parse(document, CATALOG)
    return [(problem.path, problem.code) for problem in caught.value.problems]


# Document, path, code: one problem each.
ORDER = {"event": "Order Completed"}
ITEMS = {"items_of": "Order Completed"}
TOTAL = {**ORDER, "measure": {"sum": "total"}}
EVER = {"all_time": True}
REFUSED = [
    ([], "", "not_an_object"),
    ({"rule": COUNTRY}, "", "missing_key"),
    ({"version": 1}, "", "missing_key"),
    (rule(COUNTRY, version=2), "version", "unsupported_version"),
    (rule(COUNTRY, version="1"), "version", "unsupported_version"),
    (rule(COUNTRY, version=True), "version", "unsupported_version"),
    (rule(COUNTRY, note="x"), "note", "unknown_key"),
    (rule(COUNTRY, timezone="Mars/Olympus"), "timezone", "unknown_timezone"),
    (rule(COUNTRY, timezone="../../etc/passwd"), "timezone", "unknown_timezone"),
    (rule(COUNTRY, timezone=8), "timezone", "unknown_timezone"),
    (rule(COUNTRY, base="all"), "base", "not_an_object"),
    (rule(COUNTRY, base={}), "base", "missing_key"),
    (rule(COUNTRY, base={"population": "some"}), "base.population", "unknown_choice"),
    (rule(COUNTRY, base={"population": "all", "days": 3}), "base.days", "unknown_key"),
    (rule(COUNTRY, base={"population": "active"}), "base", "missing_key"),
    (rule(COUNTRY, base={"population": "active", "days": 0}), "base.days", "not_a_count"),
    (rule(COUNTRY, base={"population": "contactable", "channel": "fax"}), "base.channel", "unknown_name"),
    (
        rule(COUNTRY, base={"population": "contactable", "channel": "email", "purpose": ""}),
        "base.purpose",
        "not_text",
    ),
    (rule([COUNTRY]), "rule", "not_an_object"),
    (rule({}), "rule", "no_condition"),
    (rule({"all": []}), "rule.all", "empty_group"),
    (rule({"any": []}), "rule.any", "empty_group"),
    (rule({"all": COUNTRY}), "rule.all", "not_a_list"),
    (rule({"not": []}), "rule.not", "not_an_object"),
    (rule({"all": [COUNTRY], "any": [COUNTRY]}), "rule", "several_conditions"),
    (rule({"all": [COUNTRY], **COUNTRY}), "rule", "several_conditions"),
    (rule({**COUNTRY, "segment": "vip"}), "rule", "several_conditions"),
    (rule({"all": [COUNTRY, {"any": [{"not": {"x": 1}}]}]}), "rule.all[1].any[0].not", "no_condition"),
    (rule(trait("contry", "is", "CN")), "rule.trait", "unknown_name"),
    (rule({"trait": 5, "op": "is", "value": 1}), "rule.trait", "not_text"),
    (rule({"trait": "country", "value": "CN"}), "rule", "missing_key"),
    (rule(trait("country", "equals", "CN")), "rule.op", "unknown_choice"),
    (rule(trait("country", "base", "CN")), "rule.op", "unknown_choice"),
    (rule({"trait": "country", "op": ["is"], "value": "CN"}), "rule.op", "unknown_choice"),
    (rule(trait("country", "is")), "rule", "missing_key"),
    (rule(trait("country", "is_missing", "CN")), "rule.value", "no_value_here"),
    (rule(trait("country", "more_than", 5)), "rule.op", "operator_not_for_type"),
    (rule(trait("age", "contains", "5")), "rule.op", "operator_not_for_type"),
    (rule(trait("country", "is", 5)), "rule.value", "not_text"),
    (rule(trait("age", "is", "5")), "rule.value", "not_a_number"),
    (rule(trait("age", "is", True)), "rule.value", "not_a_number"),
    (rule(trait("age", "is", None)), "rule.value", "not_a_number"),
    (rule(trait("age", "is", float("nan"))), "rule.value", "number_out_of_range"),
    (rule(trait("age", "is", float("inf"))), "rule.value", "number_out_of_range"),
    (rule(trait("age", "is", 10**400)), "rule.value", "number_out_of_range"),
    (rule(trait("age", "between", [1])), "rule.value", "not_a_pair"),
    (rule(trait("age", "between", [2, 1])), "rule.value", "pair_upside_down"),
    (rule(trait("age", "between", [1, "2"])), "rule.value[1]", "not_a_number"),
    (rule(trait("country", "one_of", [])), "rule.value", "empty_list"),
    (rule(trait("country", "one_of", "CN")), "rule.value", "not_a_list"),
    (rule(trait("country", "one_of", ["CN", 5])), "rule.value[1]", "not_text"),
    (rule(trait("vip", "is", 1)), "rule.value", "not_true_or_false"),
    (rule(trait("vip", "is", "yes")), "rule.value", "not_true_or_false"),
    (rule(trait("country", "is", "a\0")), "rule.value", "text_with_bad_characters"),
    (rule(trait("country", "is", "\ud800")), "rule.value", "text_with_bad_characters"),
    (rule(trait("country", "is", "x" * 10_001)), "rule.value", "text_too_long"),
    (rule(trait("joined", "before", "soon")), "rule.value", "not_an_instant"),
    (rule(trait("joined", "before", "2026-02-30")), "rule.value", "not_an_instant"),
    (rule(trait("joined", "before", "0001-01-01")), "rule.value", "year_out_of_range"),
    (rule(trait("joined", "before", "２０２６-01-01")), "rule.value", "not_an_instant"),
    (rule(trait("joined", "before", {"days_ago": -1})), "rule.value.days_ago", "not_a_count"),
    (rule(trait("joined", "before", {"weeks_ago": 1})), "rule.value", "no_condition"),
    (rule(trait("birthday", "is", "2026-02-30")), "rule.value", "not_a_day"),
    (rule(trait("birthday", "is", "2026-03-01T00:00")), "rule.value", "not_a_day"),
    (rule(trait("birthday", "is", "3001-01-01")), "rule.value", "year_out_of_range"),
    (rule(trait("joined", "within", {"past": 3})), "rule.value", "no_condition"),
    (rule(trait("country", "matches", "(?=a)")), "rule.value", "bad_pattern"),
    (rule(trait("country", "matches", r"(a)\1")), "rule.value", "bad_pattern"),
    (rule(trait("country", "matches", "a" * 257)), "rule.value", "text_too_long"),
    (rule(trait("country", "matches", "(((a{1000}){1000}){1000})")), "rule.value", "bad_pattern"),
    (rule(trait("age", "is", 1, fold=True)), "rule.fold", "no_fold_here"),
    (rule(trait("country", "matches", "a", fold=True)), "rule.fold", "no_fold_here"),
    (rule(trait("country", "is", "a", fold="yes")), "rule.fold", "not_true_or_false"),
    (rule(trait("country", "is", "a", missing="include")), "rule.missing", "no_missing_here"),
    (rule(trait("country", "is_not", "a", missing="maybe")), "rule.missing", "unknown_choice"),
    (rule(trait("country", "is", "a", window={"all_time": True})), "rule.window", "unknown_key"),
    (rule({"feature": "monetery", "op": "is", "value": 1}), "rule.feature", "unknown_name"),
    (rule({"event": "Order Completed"}), "rule", "missing_key"),
    (rule(did(event="Order")), "rule.event", "unknown_name"),
    (rule(did(window={})), "rule.window", "no_condition"),
    (rule(did(window={"past_days": 1, "recent_days": 1})), "rule.window", "no_condition"),
    (rule(did(window={"past_days": 0})), "rule.window.past_days", "not_a_count"),
    (rule(did(window={"past_days": 1.5})), "rule.window.past_days", "not_a_count"),
    (rule(did(window={"rolling_hours": 10**9})), "rule.window.rolling_hours", "not_a_count"),
    (rule(did(window={"calendar": "this_decade"})), "rule.window.calendar", "unknown_choice"),
    (rule(did(window={"between": ["2026-02-01", "2026-01-01"]})), "rule.window.between", "pair_upside_down"),
    (rule(did(window={"between": "2026"})), "rule.window.between", "not_a_pair"),
    (rule(did(window={"days_ago": {"from": 1, "to": 3}})), "rule.window.days_ago", "days_upside_down"),
    (rule(did(window={"days_ago": {"from": 1}})), "rule.window.days_ago", "missing_key"),
    (rule(did(window={"since": 20260101})), "rule.window.since", "not_an_instant"),
    (rule(did(window={"all_time": False})), "rule.window.all_time", "not_true"),
    (rule(did(measure={"median": "total"}, op="is", value=1)), "rule.measure", "no_condition"),
    (
        rule(did(window={"anniversary": {"of": "age", "before": 1, "after": 1}})),
        "rule.window.anniversary.of",
        "not_a_date_trait",
    ),
    (rule(did(measure={"sum": "store"}, op="is", value=1)), "rule.measure.sum", "measure_not_for_type"),
    (rule(did(measure={"sum": "weight"}, op="is", value=1)), "rule.measure.sum", "unknown_name"),
    (rule(did(measure={"count": "total"}, op="is", value=1)), "rule.measure.count", "not_true"),
    (rule(did(measure={"count": True})), "rule", "missing_key"),
    (rule(did(op="at_least", value="3")), "rule.value", "not_a_number"),
    (rule(did(op="is_missing")), "rule.op", "operator_not_for_type"),
    (rule(did(op="is_not", value=3, missing="include")), "rule.missing", "no_missing_here"),
    (rule(did(op="is", value=3, fold=True)), "rule.fold", "no_fold_here"),
    (rule(did(where={"all": []})), "rule.where.all", "empty_group"),
    (rule(did(where={"property": "category", "op": "is", "value": "a"})), "rule.where.property", "unknown_name"),
    (rule(did(where={"trait": "country", "op": "is", "value": "a"})), "rule.where", "missing_key"),
    (rule(trait("birthday", "anniversary", {"days_ago": 3})), "rule.value", "no_condition"),
    (rule(trait("birthday", "anniversary", {"next_days": 400})), "rule.value.next_days", "not_a_count"),
    (rule(did(measure={"first_time": True}, op="at_least", value=1)), "rule.op", "operator_not_for_type"),
    (rule(did(measure={"last_value": "store"}, op="is", value=1)), "rule.value", "not_text"),
    (rule({"first_ever": ORDER}), "rule", "missing_key"),
    (rule({"first_ever": {}, "window": EVER}), "rule.first_ever", "no_condition"),
    (rule({"first_ever": {**ORDER, "items_of": "x"}, "window": EVER}), "rule.first_ever", "several_conditions"),
    (rule({"first_ever": {"event": "Ordr"}, "window": EVER}), "rule.first_ever.event", "unknown_name"),
    (rule({"first_ever": {**ORDER, "where": {"any": []}}, "window": EVER}), "rule.first_ever.where.any", "empty_group"),
    (rule({"stopped": ORDER, "lately": EVER}), "rule.lately", "needs_a_start"),
    (rule({"stopped": ORDER, "times": 0, "lately": {"past_days": 3}}), "rule.times", "not_a_count"),
    (rule({"restarted": ORDER, "after_days": 0, "window": EVER}), "rule.after_days", "not_a_count"),
    (rule({"regularly": ORDER, "at_least": 5, "of": {"past_weeks": 4}}), "rule.at_least", "more_than_periods"),
    (rule({"regularly": ORDER, "at_least": 1, "of": {"past_decades": 4}}), "rule.of", "no_condition"),
    (rule({"more_often": ORDER, "window": EVER, "than": ITEMS}), "rule.than", "mixed_kinds"),
    (rule({"more_often": ORDER, "window": EVER, "than": {**ORDER, "window": {}}}), "rule.than.window", "no_condition"),
    (rule({"share": ORDER, "among": ITEMS, "op": "is", "value": 1, "window": EVER}), "rule.among", "mixed_kinds"),
    (
        rule({"share": ORDER, "among": ORDER, "measure": {"average": "total"}, "op": "is", "value": 1, "window": EVER}),
        "rule.measure",
        "no_condition",
    ),
    (rule({"sequence": [ORDER], "window": EVER}), "rule.sequence", "too_few_steps"),
    (rule({"sequence": [], "window": EVER}), "rule.sequence", "too_few_steps"),
    (rule({"sequence": [ORDER] * 11, "window": EVER}), "rule.sequence", "too_many_values"),
    (
        rule({"sequence": [{**ORDER, "within": {"days": 1}}, ORDER], "window": EVER}),
        "rule.sequence[0].within",
        "unknown_key",
    ),
    (
        rule({"sequence": [ORDER, {**ORDER, "within": {"weeks": 1}}], "window": EVER}),
        "rule.sequence[1].within",
        "no_condition",
    ),
    (
        rule({"sequence": [ORDER, {**ORDER, "without": {"event": "x"}}], "window": EVER}),
        "rule.sequence[1].without.event",
        "unknown_name",
    ),
    (rule({"top": {"percent": 0}, "by": TOTAL, "window": EVER}), "rule.top.percent", "not_a_percentage"),
    (rule({"top": {"percent": 101}, "by": TOTAL, "window": EVER}), "rule.top.percent", "not_a_percentage"),
    (rule({"top": {"count": 1.5}, "by": TOTAL, "window": EVER}), "rule.top.count", "not_a_count"),
    (rule({"top": {"few": 1}, "by": TOTAL, "window": EVER}), "rule.top", "no_condition"),
    (rule({"top": {"count": 1}, "by": ORDER, "window": EVER}), "rule.by", "missing_key"),
    (
        rule({"top": {"count": 1}, "by": {**ORDER, "measure": {"last_time": True}}, "window": EVER}),
        "rule.by.measure",
        "no_condition",
    ),
    (rule({"tag": "spending", "op": "is", "value": "high"}), "rule.tag", "unknown_name"),
    (rule({"tag": "spending-power"}), "rule", "missing_key"),
    (rule({"tag": "spending-power", "op": "is", "value": "huge"}), "rule.value", "unknown_name"),
    (rule({"tag": "spending-power", "op": "one_of", "value": ["low", "huge"]}), "rule.value[1]", "unknown_name"),
    (rule({"tag": "spending-power", "op": "contains", "value": "hi"}), "rule.op", "operator_not_for_type"),
    (rule({"tag": "spending-power", "op": "is", "value": "high", "fold": True}), "rule.fold", "unknown_key"),
    (rule({"segment": "gone"}), "rule.segment", "unknown_name"),
    (rule({"segment": "vip", "op": "is"}), "rule.op", "unknown_key"),
    (rule({"audience": ["spring-sale"]}), "rule.audience", "not_text"),
]


@pytest.mark.parametrize(("document", "path", "code"), REFUSED)
def test_a_rule_that_cannot_run_is_refused_with_the_place(document, path, code):
    found = problems(document)
    assert (path, code) in found
    # An unknown key in a condition may also leave out a needed one; nothing else comes along.
    assert len(found) == 1 or {"unknown_key", "missing_key"} <= {code for _, code in found}


def test_every_kind_of_problem_is_tried():
    limits = {"too_deep", "too_many_conditions", "too_many_values", "too_many_problems"}
    assert {code for _, _, code in REFUSED} | limits == set(MESSAGES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("document", [document for document, _, _ in REFUSED])
def test_every_problem_can_be_told_in_both_languages(document, language):
    with pytest.raises(RuleError) as caught:
        parse(document, CATALOG)
    texts = [problem.text(language) for problem in caught.value.problems]
    assert all(texts)
    assert not any(re.search(r"\{[a-z]+\}", text) for text in texts)


def test_all_problems_are_told_at_once():
    found = problems(
        rule(
            {"all": [trait("contry", "is", 1), {"any": []}, did(window={"past_days": 0}, op="at_least", value="x")]},
            timezone="Mars",
            base={"population": "active"},
        )
    )
    assert found == [
        ("timezone", "unknown_timezone"),
        ("base", "missing_key"),
        ("rule.all[0].trait", "unknown_name"),
        ("rule.all[1].any", "empty_group"),
        ("rule.all[2].window.past_days", "not_a_count"),
        ("rule.all[2].value", "not_a_number"),
    ]


def test_a_name_that_is_nearly_known_is_suggested():
    problem = Problem("rule.trait", "unknown_name", {"kind": "trait", "name": "contry", "hint": "country"})
    assert problem.text("en") == "There is no trait “contry”. Did you mean “country”?"
    assert problem.text("zh-hans") == "不存在属性“contry”。您是否指“country”？"


def test_the_error_carries_the_first_problem_as_its_place():
    with pytest.raises(RuleError) as caught:
        parse(rule({"all": [COUNTRY, trait("age", "is", "5")]}), CATALOG)
    assert caught.value.where == "rule.all[1].value"
    assert caught.value.code == "rule_invalid"


# --- Abuse ---


def nested(depth: int) -> dict:
    node = COUNTRY
    for _ in range(depth):
        node = {"not": node}
    return rule(node)


def test_groups_nest_to_a_limit():
    assert parse(nested(DEEPEST), CATALOG)
    [(path, code)] = problems(nested(DEEPEST + 1))
    assert code == "too_deep"
    assert path == "rule" + ".not" * DEEPEST


def test_a_rule_ten_thousand_deep_is_refused_quickly():
    [(_, code)] = problems(nested(10_000))
    assert code == "too_deep"


def test_conditions_are_counted_over_the_whole_rule():
    conditions = [COUNTRY, did(where={"all": [{"property": "store", "op": "is", "value": "a"}] * 2})]
    assert parse(rule({"all": [COUNTRY] * MOST_CONDITIONS}), CATALOG)
    assert problems(rule({"all": [COUNTRY] * (MOST_CONDITIONS + 1)})) == [
        (f"rule.all[{MOST_CONDITIONS}]", "too_many_conditions")
    ]
    assert problems(rule({"all": conditions * (MOST_CONDITIONS // 4 + 1)}))


def test_lists_of_values_are_long_but_not_endless():
    assert parse(rule(trait("country", "one_of", [str(n) for n in range(MOST_VALUES)])), CATALOG)
    assert problems(rule(trait("country", "one_of", [str(n) for n in range(1_000_000)]))) == [
        ("rule.value", "too_many_values")
    ]


def test_problems_stop_being_told_after_a_while():
    found = problems(rule({"all": [{"x": 1}] * 400}))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1][1] == "too_many_problems"


def test_a_name_of_ten_kilobytes_is_unknown_and_cut_short_in_words():
    with pytest.raises(RuleError) as caught:
        parse(rule(trait("x" * 10_000, "is", "CN")), CATALOG)
    assert len(caught.value.problems[0].message) < 300


def test_names_that_look_like_look_ups_or_sql_are_just_names():
    for name in ("country__icontains", 'country"; DROP TABLE customers; --', "$.country", "%s", "国家"):
        assert problems(rule(trait(name, "is", "CN"))) == [("rule.trait", "unknown_name")]
