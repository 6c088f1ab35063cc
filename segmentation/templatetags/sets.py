"""Customer sets in every template: their names, and the page with the customers behind a number."""

from collections.abc import Sequence

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from segmentation.dependencies import User
from segmentation.sets.models import NamedSet
from segmentation.sets.names import full_label, set_label, value_label

register = template.Library()

# Of a sparkline, in its own units.
WIDTH, HEIGHT = 96, 24


@register.filter
def set_name(named_set: NamedSet) -> str:
    """`Spending power: high`, or the name alone for a set without values."""
    return full_label(named_set)


@register.filter
def verbose_name(row: Model) -> str:
    """What a row is: tag, segment, audience."""
    return str(row._meta.verbose_name)


@register.filter
def members_url(named_set: NamedSet) -> str:
    """The page with the set's customers."""
    return members_address(named_set.kind, named_set.key, named_set.value)


@register.simple_tag
def members_of(kind: str, key: str, value: str = "") -> str:
    """The page with the customers of the set (kind, key, value)."""
    return members_address(kind, key, value)


def members_address(kind: str, key: str, value: str = "") -> str:
    return reverse("segmentation:members", args=[kind, key, value] if value else [kind, key])


@register.simple_tag
def sparkline(values: Sequence[float] | None, label: str = "") -> SafeString:
    """A line as high as a word: how a number went lately. Nothing for fewer than two numbers."""
    if not values or len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    step = WIDTH / (len(values) - 1)
    points = " ".join(
        f"{place * step:.1f},{HEIGHT - (value - low) / (high - low or 1) * HEIGHT:.1f}"
        for place, value in enumerate(values)
    )
    return format_html(
        '<svg class="segtag-sparkline" viewBox="-2 -2 {} {}" role="img" aria-label="{}"><polyline points="{}"/></svg>',
        WIDTH + 4,
        HEIGHT + 4,
        label,
        points,
    )


@register.filter
def tag_name(named_set: NamedSet) -> str:
    """The tag's name, without the value."""
    return set_label(named_set)


@register.filter
def value_name(named_set: NamedSet) -> str:
    """The value's name alone."""
    return value_label(named_set)


@register.filter
def css_percent(share: float) -> str:
    """A share as a length in a style attribute, whatever the language: 0.256 is 25.6%."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}%"


@register.filter
def user_url(user: User) -> str:
    """The page of something that refers to a set."""
    return reverse(f"segmentation:{user.kind}_detail", args=[user.key])


@register.filter
def user_kind(user: User) -> str:
    """What it is, in words."""
    return {"tag": _("tag"), "segment": _("segment"), "audience": _("audience")}.get(user.kind, user.kind)
