"""Cells of a file: names of things, numbers, answers, and the values of columns that are kept as they are."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from duckdb import DuckDBPyConnection

from customers.ingest.contract import fit
from customers.ingest.sources.base import ROWS
from customers.models import ValueType

# What may surround a cell's value without being part of it.
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff"
_GROUPED = re.compile(r"[¥￥$€£]?\s*([+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?)", re.ASCII)
# Written as a number is, so that 007 and a number of 18 digits stay names of things.
_PLAIN_NUMBER = r"^-?(0|[1-9]\d{0,14})(\.\d+)?$"
_YES = frozenset(
    {"true", "yes", "y", "1", "on", "granted", "allowed", "subscribed", "opt-in"}
    | {"是", "同意", "已同意", "允许", "订阅", "已订阅", "有"}
)
_NO = frozenset(
    {"false", "no", "n", "0", "off", "denied", "withdrawn", "unsubscribed", "opt-out"}
    | {"否", "不同意", "未同意", "拒绝", "退订", "已退订", "无"}
)


def key(value: object) -> str:
    """A cell as a name of something: leading zeros stay; the ".0" that spreadsheets and pandas add goes.

    >>> key(" 007 "), key(17850.0), key("17850.0"), key(None)
    ('007', '17850', '17850', '')
    """
    if value is None:
        return ""
    text = value.replace("\0", "").strip(BLANKS) if isinstance(value, str) else str(value)
    return text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text


def decimal(value: object) -> float | None:
    """A cell as a number, None if it is none.

    >>> decimal("¥1,234.50"), decimal("-2"), decimal("2 or 3"), decimal("")
    (1234.5, -2.0, None, None)
    """
    if isinstance(value, str):
        plain = _GROUPED.fullmatch(value.strip(BLANKS))
        value = plain[1].replace(",", "") if plain else None
    elif isinstance(value, Decimal):
        value = float(value)
    return cast("float | None", fit(value, ValueType.NUMBER)[0])


def answer(text: str) -> bool | None:
    """A cell as yes or no, None if it is neither.

    >>> answer("Yes"), answer("已退订"), answer("maybe")
    (True, False, None)
    """
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def types_of(columns: Iterable[str], database: DuckDBPyConnection) -> dict[str, str]:
    """The value type of each column, judged by all its cells: number, yes or no, or text."""
    found = {}
    for column in columns:
        quoted = column.replace('"', '""')
        cell = f'trim("{quoted}"::varchar)'
        query = (
            f"SELECT count(*), count(*) FILTER (regexp_full_match({cell}, $number)),"  # noqa: S608
            f" count(*) FILTER (lower({cell}) IN ('true', 'false')) FROM {ROWS} WHERE {cell} <> ''"
        )
        row = cast("tuple[int, int, int]", database.execute(query, {"number": _PLAIN_NUMBER}).fetchone())
        cells, numbers, answers = row
        is_number, is_boolean = cells == numbers, cells == answers
        found[column] = ValueType.NUMBER if is_number else ValueType.BOOLEAN if is_boolean else ValueType.TEXT
    return {column: str(kind) for column, kind in found.items()}


def kept_values(row: Any, places: Mapping[str, int], types: Mapping[str, str]) -> dict[str, object]:
    """The cells of the columns at `places` as values of their type, empty ones left out."""
    values = {}
    for column, place in places.items():
        text = key(row[place])
        if text:
            values[column] = _typed(text, types.get(column, ValueType.TEXT))
    return values


def _typed(text: str, kind: str) -> object:
    if kind == ValueType.NUMBER:
        number = float(text)
        return int(number) if number.is_integer() else number
    return text.lower() == "true" if kind == ValueType.BOOLEAN else text
