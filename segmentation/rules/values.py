"""Values of the language: read from JSON strictly, written back, folded. No text becomes a number here."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from segmentation.rules.catalog import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, TEXT_LIST
from segmentation.rules.nodes import Value

LARGEST_NUMBER = 1e15
LONGEST_TEXT = 10_000
FIRST_YEAR, LAST_YEAR = 1900, 2999
DAY_FORM = r"\d{4}-\d{2}-\d{2}"
# Of Latin, Greek and Cyrillic letters; marks that make another letter (Kana, Indic scripts) stay.
ACCENTS = re.compile("[\u0300-\u036f]")
INSTANT_FORM = DAY_FORM + r"([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?"


class Misfit(ValueError):
    """A JSON value that is not of the type asked for. `code` names the problem."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def read_number(raw: object, timezone: ZoneInfo | None = None) -> float:
    """A finite number of moderate size. Yes and no are none, nor is text that looks like one."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Misfit("not_a_number")
    if not -LARGEST_NUMBER <= raw <= LARGEST_NUMBER:
        raise Misfit("number_out_of_range", limit=f"{LARGEST_NUMBER:.0e}")
    return float(raw)


def read_text(raw: object, timezone: ZoneInfo | None = None) -> str:
    """Any text that a database can hold; the empty one is a value."""
    if not isinstance(raw, str):
        raise Misfit("not_text")
    if len(raw) > LONGEST_TEXT:
        raise Misfit("text_too_long", limit=LONGEST_TEXT)
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in raw):
        raise Misfit("text_with_bad_characters")
    return raw


def read_boolean(raw: object, timezone: ZoneInfo | None = None) -> bool:
    if not isinstance(raw, bool):
        raise Misfit("not_true_or_false")
    return raw


def read_instant(raw: object, timezone: ZoneInfo | None) -> datetime:
    """An ISO 8601 day or time. Without an offset it is a time of the rule's time zone; a day is its first instant."""
    if not isinstance(raw, str) or not re.fullmatch(INSTANT_FORM, raw, re.ASCII):
        raise Misfit("not_an_instant")
    try:
        instant = datetime.fromisoformat(raw)
    except ValueError as e:
        raise Misfit("not_an_instant") from e
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise Misfit("year_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    return (instant if instant.tzinfo else instant.replace(tzinfo=timezone)).astimezone(UTC)


def read_day(raw: object, timezone: ZoneInfo | None = None) -> date:
    if not isinstance(raw, str) or not re.fullmatch(DAY_FORM, raw, re.ASCII):
        raise Misfit("not_a_day")
    try:
        day = date.fromisoformat(raw)
    except ValueError as e:
        raise Misfit("not_a_day") from e
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Misfit("year_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    return day


# What one value of each type reads; a list of texts is asked about text by text.
READERS: dict[str, Callable[[Any, ZoneInfo | None], Value]] = {
    NUMBER: read_number,
    TEXT: read_text,
    BOOLEAN: read_boolean,
    DATETIME: read_instant,
    DATE: read_day,
    TEXT_LIST: read_text,
}


def write(value: Value, timezone: ZoneInfo) -> Any:
    """The value as JSON: whole numbers as integers, instants with the offset they have in the rule's time zone."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return value.astimezone(timezone).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def is_missing(value: object) -> bool:
    """No value; a number that is none (not a number, infinite) is missing, too."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def fold(value: Value) -> Value:
    """The text without case, width and accents; other values as they are.

    >>> fold("Ｃａｆé ÉTÉ"), fold("Straße"), fold("ﾃﾞﾊﾟｰﾄ") == fold("デパート")
    ('cafe ete', 'strasse', True)
    """
    if isinstance(value, tuple):
        return tuple(_fold(text) for text in value)
    return _fold(value) if isinstance(value, str) else value


def _fold(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", ACCENTS.sub("", unicodedata.normalize("NFKD", wide)))
