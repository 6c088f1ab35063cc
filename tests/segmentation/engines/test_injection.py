"""Names and values from outside are names and values, whatever they look like."""

import pytest

from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import shop_of, with_events

STRANGE = [
    *worlds.INJECTIONS,
    "",
    " ",
    "'",
    "''",
    "'''; DROP TABLE customers; --",
    '"',
    '"; DROP TABLE customers; --',
    "\\",
    "\\'",
    "\\\\'; --",
    "$$",
    "$1",
    "$p0",
    "?",
    ":name",
    "%s",
    "%(name)s",
    "{0}",
    "$[*]",
    "../../etc/passwd",
    "a__icontains",
    "/* */",
    "--",
    "; SELECT 1",
    "E'\\x27'",
    "\n",
    "\r\n",
    "\t",
    "\u2028",
    "\ufeff",
    "\u202e",
    "名字",
    "🙂",
    "e\u0301",
    "null",
    "NULL",
    "true",
    "nan",
    "x" * 10_000,
]
OPERATORS = ["is", "is_not", "contains", "not_contains", "starts_with", "ends_with"]


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("op", OPERATORS)
def test_a_strange_value_means_itself(op, fold, ask):
    shop = shop_of(*({"t_s": text} for text in STRANGE), {})
    for number, text in enumerate(STRANGE, start=1):
        found = ask({"trait": "s", "op": op, "value": text, "fold": fold}, shop)
        assert (number in found) != op.startswith(("is_not", "not_"))


def test_strange_values_can_be_listed(ask):
    shop = shop_of(*({"t_s": text} for text in STRANGE), {}, {"t_s": "other"})
    everybody = list(range(1, len(STRANGE) + 1))
    assert ask({"trait": "s", "op": "one_of", "value": STRANGE}, shop) == everybody
    assert ask({"trait": "s", "op": "one_of", "value": STRANGE[:3]}, shop) == [1, 2, 3]
    assert ask({"trait": "s", "op": "not_one_of", "value": STRANGE}, shop) == [len(STRANGE) + 2]


def test_strange_texts_in_lists_mean_themselves(ask):
    shop = shop_of(*({"t_l": [text, "other"]} for text in STRANGE))
    for number, text in enumerate(STRANGE, start=1):
        assert number in ask({"trait": "l", "op": "has_any", "value": [text]}, shop)


def test_strange_patterns_are_patterns(ask):
    shop = shop_of({"t_s": "O'Brien"}, {"t_s": "a\\b"}, {"t_s": "$1"}, {"t_s": "%s"})
    assert ask({"trait": "s", "op": "matches", "value": "O'B"}, shop) == [1]
    assert ask({"trait": "s", "op": "matches", "value": r"a\\b"}, shop) == [2]
    assert ask({"trait": "s", "op": "matches", "value": r"\$1|%s"}, shop) == [3, 4]


def test_events_of_strange_names_are_events(ask):
    shop = with_events(shop_of({}, {}), {"customer_id": 2, "event": worlds.EVENT_NAMES[2]})
    assert ask({"event": worlds.EVENT_NAMES[2], "window": {"all_time": True}}, shop) == [2]
    assert ask({"event": "Order", "window": {"all_time": True}}, shop) == []
