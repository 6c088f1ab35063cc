"""Numbers of features as people write them, in Chinese and English."""

from typing import Any

from segmentation.rules.catalog import Labels

# Words of the features' units. A share is written as a percentage; money carries no currency in English.
_UNITS = {
    "currency": Labels("元", ""),
    "days": Labels("天", "days"),
    "weeks": Labels("周", "weeks"),
    "orders": Labels("单", "orders"),
    "items": Labels("件", "items"),
    "categories": Labels("个品类", "categories"),
    "hour": Labels("点", "h"),
    "ratio": Labels("倍", "times"),
    "share": Labels("%", "%"),
}


def unit_word(unit: str, language: str) -> str:
    """The word for a unit; the unit itself when it is an unknown one."""
    labels = _UNITS.get(unit, Labels(unit, unit))
    return labels.zh if language == "zh" else labels.en


def in_words(value: Any, unit: str) -> Labels:
    """A value with its unit in both languages."""
    return Labels(amount(value, unit, "zh"), amount(value, unit, "en"))


def amount(value: Any, unit: str, language: str, *, bare: bool = False) -> str:
    """A value with its unit.

    >>> amount(1234.5, "currency", "zh"), amount(0.256, "share", "en"), amount("GROCERY", "", "en")
    ('1,234.5 元', '25.6 %', 'GROCERY')
    """
    if isinstance(value, str):
        return value
    number = f"{value * 100 if unit == 'share' else value:,.2f}".rstrip("0").rstrip(".")
    word = "" if bare else unit_word(unit, language)
    return f"{number} {word}".strip()
