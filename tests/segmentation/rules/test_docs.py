"""The page on rules is true: its rules are rules, and everything that the language has is named in it."""

import json
import re
from pathlib import Path

import pytest

from customers.plugins import names
from segmentation.rules.describe import describe
from segmentation.rules.parse import parse
from segmentation.rules.populations import KEYS
from segmentation.rules.windows import KINDS, PERIODS
from tests.segmentation.rules.shop_words import AS_OF, CATALOG

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("document", EXAMPLES)
def test_the_examples_are_rules(document):
    assert parse(document, CATALOG).root


def test_the_first_example_is_told_as_the_page_says():
    quoted = " ".join(line.removeprefix("> ") for line in PAGE.splitlines() if line.startswith("> "))
    assert describe(parse(EXAMPLES[0], CATALOG), CATALOG, "en", AS_OF).sentence == quoted


@pytest.mark.parametrize("package", ["operators", "measures", "predicates"])
def test_every_drop_in_file_is_named(package):
    unnamed = [
        key for key in names(f"segmentation.rules.{package}") if f"`{key}`" not in PAGE and f'"{key}"' not in PAGE
    ]
    assert unnamed == []


def test_every_window_period_and_population_is_named():
    for key in (*KINDS, *PERIODS, *KEYS):
        assert f'"{key}"' in PAGE or f"`{key}`" in PAGE


def test_the_windows_in_the_table_are_windows():
    rows = re.findall(r"^\| `(\{.*?\})`", PAGE.partition("## Windows")[2].partition("## When")[0], re.MULTILINE)
    assert len(rows) == len(KINDS)
    for row in rows:
        parse({"version": 1, "rule": {"event": "Order Completed", "window": json.loads(row)}}, CATALOG)
