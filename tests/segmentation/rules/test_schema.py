"""The published schema takes what the parser takes, and refuses what is no rule in any shop."""

import jsonschema
import pytest

from customers.plugins import names
from segmentation.rules.parse import parse
from segmentation.rules.schema import json_schema
from segmentation.rules.windows import KINDS
from tests.segmentation.rules.shop_words import CATALOG, rule
from tests.segmentation.rules.test_describe import TOLD
from tests.segmentation.rules.test_parse import REFUSED

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# What only the shop's catalogue, the calendar or RE2 can refuse; and a value or key that fits another type of field.
BEYOND = {
    "unknown_name", "unknown_timezone", "operator_not_for_type", "measure_not_for_type", "pair_upside_down",
    "not_a_date_trait", "days_upside_down", "bad_pattern", "year_out_of_range", "text_with_bad_characters",
    "not_an_instant",
    "not_text", "not_a_number", "number_out_of_range", "not_true_or_false", "not_a_day", "no_fold_here",
    "no_missing_here", "mixed_kinds", "more_than_periods",
}  # fmt: skip


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("leaf", [leaf for leaf, *_ in TOLD])
def test_it_takes_what_the_parser_takes(leaf):
    assert parse(rule(leaf), CATALOG)
    assert VALIDATOR.is_valid(rule(leaf))


@pytest.mark.parametrize("document", [document for document, _, code in REFUSED if code not in BEYOND])
def test_it_refuses_what_is_no_rule_in_any_shop(document):
    assert not VALIDATOR.is_valid(document)


def test_it_names_every_operator_measure_predicate_and_window():
    text = repr(SCHEMA)
    for package in ("operators", "measures", "predicates"):
        for name in names(f"segmentation.rules.{package}"):
            assert f"'{name}'" in text
    windows = [SCHEMA["$defs"][name]["properties"] for name in ("window", "own_window")]
    assert set().union(*windows) == set(KINDS)
