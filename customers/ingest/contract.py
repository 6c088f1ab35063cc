"""Types of values: what fits which type, what type a new value has, what its lake column is called.

`fit` is the one place where a value that someone sent becomes a typed one; inside rules nothing is converted.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime

import msgspec
from django.utils import timezone

from customers.models import ValueType

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
# Numbers above are milliseconds since 1970, below seconds: 10^11 s is the year 5138, 10^11 ms is 1973.
_MILLISECONDS_FROM = 1e11

# Python types whose every value fits: nothing to look at one by one.
ALWAYS_FIT: dict[str, frozenset[type]] = {
    ValueType.NUMBER: frozenset({float}),
    ValueType.TEXT: frozenset({str, int, float, bool}),
    ValueType.BOOLEAN: frozenset({bool}),
}


def fit(value: object, type: str) -> tuple[object, bool]:
    """`value` as `type`, and whether it fits. None fits every type: it is a missing value.

    >>> fit("12.5", "number"), fit("about 12", "number"), fit(True, "number")
    ((12.5, True), (None, False), (None, False))
    """
    if value is None:
        return None, True
    try:
        fitted = _CONVERTERS[type](value)
    except (ValueError, OverflowError):
        fitted = None
    return fitted, fitted is not None


def infer(values: Iterable[object]) -> str | None:
    """The type that a new field gets from its first values; None when they say nothing (missing, objects)."""
    seen = {kind for value in values if (kind := _type_of(value))}
    if len(seen) <= 1:
        return seen.pop() if seen else None
    return ValueType.DATETIME if seen == {ValueType.DATE, ValueType.DATETIME} else ValueType.TEXT


def lake_column(name: str, prefix: str, taken: Collection[str]) -> str:
    """A column name that needs no quoting: lower-case ASCII of `name`, counted up until it is not `taken`.

    >>> lake_column("Order Total", "p_", taken={"p_order_total"})
    'p_order_total_2'
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = prefix + (re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:60] or "field")
    column, count = base, 1
    while column in taken:
        count += 1
        column = f"{base}_{count}"
    return column


def _type_of(value: object) -> str | None:
    match value:
        case bool():
            return ValueType.BOOLEAN
        case int() | float():
            return ValueType.NUMBER
        case str() if _DATE.fullmatch(value) and fit(value, ValueType.DATE)[1]:
            return ValueType.DATE
        case str() if _DATETIME.fullmatch(value) and fit(value, ValueType.DATETIME)[1]:
            return ValueType.DATETIME
        case str():
            return ValueType.TEXT
        case [_, *_] if fit(value, ValueType.TEXT_LIST)[1]:
            return ValueType.TEXT_LIST
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return msgspec.json.encode(value).decode()
    return None


def _boolean(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value)
    return value if isinstance(value, bool) else None


def _datetime(value: object) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except OSError:
            return None
    if not isinstance(value, str) or not _DATETIME.fullmatch(value):
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.get_default_timezone())
    return moment.astimezone(UTC)


def _date(value: object) -> date | None:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    moment = _datetime(value)
    return moment.astimezone(timezone.get_default_timezone()).date() if moment else None


def _text_list(value: object) -> list[str] | None:
    if not isinstance(value, list):
        return None
    texts = [_text(part) for part in value]
    return None if None in texts else texts  # type: ignore[return-value]


_CONVERTERS: dict[str, Callable[[object], object]] = {
    ValueType.NUMBER: _number,
    ValueType.TEXT: _text,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATETIME: _datetime,
    ValueType.DATE: _date,
    ValueType.TEXT_LIST: _text_list,
}
