"""Every operator keeps the same promises, in its plain meaning and in DuckDB."""

import pytest

from customers.plugins import load_all, names
from segmentation.rules.catalog import TYPES
from segmentation.rules.operators.base import Operator
from tests.contracts.operator_cases import CASES, Case
from tests.segmentation.engines.conftest import ask, by_sql, duckdb, shop_of  # noqa: F401 (fixtures)

OPERATORS = load_all("segmentation.rules.operators", Operator)
ALL = [(key, case) for key in names("segmentation.rules.operators") for case in CASES.get(key, [])]
SHORT = {"number": "n", "text": "s", "boolean": "b", "datetime": "i", "date": "d", "text_list": "l"}


@pytest.mark.parametrize("key", OPERATORS)
def test_it_has_a_worked_example_of_each_type_it_takes(key):
    assert key in CASES, f"tests/contracts/operator_cases.py has no case for {key}"
    assert {case.type for case in CASES[key]} == OPERATORS[key].types
    assert OPERATORS[key].types <= set(TYPES)


@pytest.mark.parametrize("key", OPERATORS)
def test_its_examples_have_values_on_both_sides_and_missing_ones(key):
    for case in CASES[key]:
        assert case.holds
        assert case.fails
    assert any(None in (*case.holds, *case.fails) for case in CASES[key])
    if OPERATORS[key].negative:
        assert any(case.missing == "include" for case in CASES[key])


def leaf(key: str, case: Case) -> dict:
    document = {"trait": SHORT[case.type], "op": key}
    if case.operand is not None:
        document["value"] = case.operand
    if case.fold:
        document["fold"] = True
    return document | ({"missing": case.missing} if case.missing else {})


@pytest.mark.parametrize(("key", "case"), ALL)
def test_its_examples_come_out_in_every_engine(key, case, ask):  # noqa: F811
    column = f"t_{SHORT[case.type]}"
    shop = shop_of(*({column: value} for value in (*case.holds, *case.fails)))
    assert ask(leaf(key, case), shop) == list(range(1, len(case.holds) + 1))


@pytest.mark.parametrize(("key", "case"), ALL)
def test_its_examples_come_out_for_properties_of_events(key, case, ask):  # noqa: F811
    values = (*case.holds, *case.fails)
    shop = shop_of(*({} for _ in values))
    for number, value in enumerate(values, start=1):
        row = {"event_id": number, "customer_id": number, "event": "Order", "time": shop.customers[0]["first_seen"]}
        shop.events.append({**row, f"p_{SHORT[case.type]}": value})
    condition = leaf(key, case)
    where = {"property": condition.pop("trait"), **condition}
    found = ask({"event": "Order", "where": where, "window": {"all_time": True}}, shop)
    assert found == list(range(1, len(case.holds) + 1))
    rest = ask({"event": "Order", "where": {"not": where}, "window": {"all_time": True}}, shop)
    assert rest == list(range(len(case.holds) + 1, len(values) + 1))


@pytest.mark.parametrize("key", OPERATORS)
def test_it_is_told_in_both_languages_with_its_operand(key):
    operator = OPERATORS[key]
    for language in ("en", "zh"):
        takes_one = operator.operand.schema({"type": "string"}) is not None
        assert ("{value}" in operator.words[language]) == takes_one


@pytest.mark.parametrize("key", OPERATORS)
def test_it_says_what_it_means(key):
    assert OPERATORS[key].__doc__
