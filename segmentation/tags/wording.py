"""Numbers of features as people write them, in Chinese and English."""

import re
from typing import Any

from segmentation.profiles.features.base import CURRENCY
from segmentation.rules.catalog import Labels

# Words of the features' units. A share is written as a percentage, money with the shop's sign: see `currency`.
_UNITS = {
    "days": Labels("天", "days"),
    "weeks": Labels("周", "weeks"),
    "orders": Labels("单", "orders"),
    "items": Labels("件", "items"),
    "categories": Labels("个品类", "categories"),
    "products": Labels("种商品", "products"),
    "stores": Labels("家门店", "stores"),
    "hour": Labels("点", "h"),
    "ratio": Labels("倍", "times"),
    "share": Labels("%", "%"),
}
_ONE = {"days": "day", "weeks": "week", "orders": "order", "items": "item", "categories": "category", "stores": "store"}
# Units of what is counted one by one.
COUNTED = {"orders", "products", "categories", "stores", "weeks"}


_SIGN = ["¥"]


def use_currency(sign: str) -> None:
    """The shop's sign before amounts, told once at the start: kinds of tags read no settings."""
    _SIGN[0] = sign


def _money(number: str, language: str) -> str:
    """An amount with the shop's sign; in Chinese, yuan are written as a word.

    >>> _money("≥ 200", "zh"), _money("≥ 200", "en"), _money("50–200", "en")
    ('≥ 200 元', '≥ ¥200', '¥50–200')
    """
    if language == "zh" and _SIGN[0] in {"¥", "￥"}:
        return f"{number} 元"
    sign = _SIGN[0]
    return re.sub(r"^([^\d-]*)", lambda found: f"{found[1]}{sign}", number, count=1)


def with_unit(number: str, unit: str, language: str) -> str:
    """A written number, or a span of two, with its unit."""
    if unit == CURRENCY:
        return _money(number, language)
    return f"{number} {unit_word(unit, language, number)}".strip()


def unit_word(unit: str, language: str, number: str = "") -> str:
    """The word for a unit, after a written number; the unit itself when it is an unknown one."""
    labels = _UNITS.get(unit, Labels(unit, unit))
    if language == "zh":
        return labels.zh
    return _ONE.get(unit, labels.en) if number == "1" else labels.en


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
    return number if bare else with_unit(number, unit, language)
