"""The arithmetic of formula tags: read by hand, never run as code."""

import random

import numpy as np
import pytest

from segmentation.tags.expressions import BadExpression, read

COLUMNS = {"a": np.array([1.0, 4.0, np.nan]), "b": np.array([2.0, 0.0, 5.0])}


def value(text):
    return [None if np.isnan(one) else round(float(one), 6) for one in read(text).value(COLUMNS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * 2", [5, 4, None]),
        ("(a + b) * 2", [6, 8, None]),
        ("a - b - 1", [-2, 3, None]),
        ("-a", [-1, -4, None]),
        ("a / b", [0.5, None, None]),
        ("or(a, 7)", [1, 4, 7]),
        ("min(a, b)", [1, 0, None]),
        ("sqrt(a - 2)", [None, 1.414214, None]),
        ("log(b)", [0.693147, None, 1.609438]),
        ("2", [2, 2, 2]),
    ],
)
def test_it_computes_for_each_customer_and_missing_makes_missing(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "a +", "a b", "(a", "a)", "min(a)", "eval(a)", "__import__('os')", "a.b", "a[0]", "a ** b", "1e9", "'a'"),
        "(" * 60 + "a" + ")" * 60,
        "a+" * 300 + "a",
    ],
)
def test_anything_else_is_refused_in_both_languages(text):
    with pytest.raises(BadExpression) as refused:
        read(text)
    assert refused.value.chinese


def test_it_agrees_with_python_on_random_arithmetic():
    chance = random.Random(5)

    def made(depth):
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(["a", "b", str(chance.randint(1, 9))])
        return f"({made(depth - 1)} {chance.choice('+-*')} {made(depth - 1)})"

    for _ in range(200):
        text = made(4)
        names = {"a": 3.0, "b": -2.0}
        found = read(text).value({key: np.array([number]) for key, number in names.items()})
        assert found[0] == eval(text, {"__builtins__": {}}, names)
