"""Numbers of features in words: the value with its unit, in the reader's language."""

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from segmentation.profiles.features import base
from segmentation.profiles.features.base import Result

WORDS: dict[str, Promise] = {
    base.DAYS: pgettext_lazy("unit", "days"),
    base.WEEKS: pgettext_lazy("unit", "weeks"),
    base.ORDERS: pgettext_lazy("unit", "orders"),
    base.ITEMS: pgettext_lazy("unit", "items"),
    base.CATEGORIES: pgettext_lazy("unit", "categories"),
    base.PRODUCTS: pgettext_lazy("unit", "products"),
    base.STORES: pgettext_lazy("unit", "stores"),
    base.HOUR: pgettext_lazy("unit", "o'clock"),
    base.RATIO: pgettext_lazy("unit", "times"),
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
    # Rounded first: number_format cuts off.
    return f"{number_format(round(value, places), decimal_pos=places)} {WORDS.get(unit, '')}".strip()
