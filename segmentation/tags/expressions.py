"""Small arithmetic for tags: numbers, names, + − * / and a few functions. Read by hand, never evaluated as code.

    expression = term {("+" | "-") term}
    term       = factor {("*" | "/") factor}
    factor     = "-" factor | number | name | name "(" expression {"," expression} ")" | "(" expression ")"

A missing number (NaN) makes the whole missing, as does dividing by zero; `or(a, b)` is b where a is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST, DEEPEST = 500, 40
TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([a-z_][a-z0-9_]*)|([-+*/(),]))")
Column = NDArray[np.float64]


class BadExpression(ValueError):
    """An expression that cannot be read; the message says what and where, in English and Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.chinese = chinese


def _divided(left: Column, right: Column) -> Column:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(right == 0, np.nan, left / right)


def _logarithm(value: Column) -> Column:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(value > 0, np.log(value), np.nan)


def _root(value: Column) -> Column:
    with np.errstate(invalid="ignore"):
        return np.sqrt(value)


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divided,
}
# Name → what it computes, and of how many values.
FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
    "or": (lambda a, b: np.where(np.isnan(a), b, a), 2),
    "abs": (np.abs, 1),
    "sqrt": (_root, 1),
    "log": (_logarithm, 1),
    "round": (np.round, 1),
}


@dataclass(frozen=True)
class Expression:
    """A read expression: a number, a name, or an operation on others."""

    what: str
    number: float = 0.0
    parts: tuple["Expression", ...] = field(default=())

    @property
    def names(self) -> set[str]:
        """The names in it."""
        own = {self.what[1:]} if self.what.startswith("$") else set()
        return own.union(*(part.names for part in self.parts))

    def value(self, columns: Mapping[str, Column]) -> Column:
        """Its value for each customer; the columns are equally long, NaN where a value is missing."""
        if self.what == "#":
            length = len(next(iter(columns.values()), np.zeros(0)))
            return np.full(length, self.number)
        if self.what.startswith("$"):
            return columns[self.what[1:]]
        values = [part.value(columns) for part in self.parts]
        operation = BINARY[self.what] if self.what in BINARY else FUNCTIONS[self.what][0]
        with np.errstate(over="ignore", invalid="ignore"):
            found = np.asarray(operation(*values), dtype=np.float64)
        return np.where(np.isfinite(found), found, np.nan)


def read(text: str) -> Expression:
    """The expression; raises BadExpression.

    >>> read("2 * (a - 1)").value({"a": np.array([3.0, 5.0])}).tolist()
    [4.0, 8.0]
    """
    if len(text) > LONGEST:
        raise BadExpression(f"Longer than {LONGEST} characters.", f"超过 {LONGEST} 个字符。")
    reader = _Reader(_tokens(text))
    found = reader.sum(0)
    if reader.ahead:
        raise BadExpression(f"“{reader.ahead}” was not expected here.", f"此处不应出现“{reader.ahead}”。")
    return found


def _tokens(text: str) -> list[str]:
    tokens, place, text = [], 0, text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise BadExpression(
                f"“{text[place:].strip()[:1]}” means nothing here.", f"无法识别“{text[place:].strip()[:1]}”。"
            )
        tokens.append(match.group().strip())
        place = match.end()
    return tokens


class _Reader:
    """Takes word after word."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    @property
    def ahead(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def sum(self, depth: int) -> Expression:
        return self._joined("+-", self._product, depth)

    def _product(self, depth: int) -> Expression:
        return self._joined("*/", self._factor, depth)

    def _joined(self, signs: str, part: Callable[[int], Expression], depth: int) -> Expression:
        found = part(depth)
        while self.ahead and self.ahead in signs:
            sign = self._tokens.pop()
            found = Expression(sign, parts=(found, part(depth)))
        return found

    def _factor(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise BadExpression("Too many brackets inside each other.", "括号嵌套过深。")
        if not self._tokens:
            raise BadExpression("Something is missing at the end.", "表达式末尾不完整。")
        word = self._tokens.pop()
        if word == "-":
            return Expression("-", parts=(Expression("#", 0.0), self._factor(depth + 1)))
        if word == "(":
            found = self.sum(depth + 1)
            self._take(")")
            return found
        if word[0].isdigit():
            return Expression("#", float(word))
        if word in "+*/),":
            raise BadExpression(f"“{word}” was not expected here.", f"此处不应出现“{word}”。")
        return self._call(word, depth) if self.ahead == "(" else Expression(f"${word}")

    def _call(self, name: str, depth: int) -> Expression:
        if name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise BadExpression(
                f"There is no function “{name}”; there are {known}.", f"没有函数“{name}”，可用：{known}。"
            )
        self._take("(")
        parts = [self.sum(depth + 1)]
        while self.ahead == ",":
            self._take(",")
            parts.append(self.sum(depth + 1))
        self._take(")")
        wanted = FUNCTIONS[name][1]
        if len(parts) != wanted:
            raise BadExpression(f"“{name}” takes {wanted} values.", f"“{name}”需要 {wanted} 个值。")
        return Expression(name, parts=tuple(parts))

    def _take(self, wanted: str) -> None:
        if not self._tokens or self._tokens.pop() != wanted:
            raise BadExpression(f"A “{wanted}” is missing.", f"缺少“{wanted}”。")
