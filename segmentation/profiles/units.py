"""Numbers of features in words: the value with its unit, in the reader's language."""

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segmentation.profiles.features import base
from segmentation.profiles.features.base import Result

WORDS: dict[str, Promise] = {
    base.DAYS: _("days"),
    base.WEEKS: _("weeks"),
    base.ORDERS: _("orders"),
    base.ITEMS: _("items"),
    base.CATEGORIES: _("categories"),
    base.PRODUCTS: _("products"),
    base.STORES: _("stores"),
    base.HOUR: _("o'clock"),
    base.RATIO: _("times"),
}


def in_words(value: Result, unit: str) -> str:
    """The value as pages show it; a share as a percentage, a missing value as a dash."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    if unit == base.SHARE:
        return f"{number_format(round(value * 100, 1))} %"
    places = 2 if unit == base.CURRENCY else 0 if value == int(value) else 1
    return f"{number_format(value, decimal_pos=places)} {WORDS.get(unit, '')}".strip()
