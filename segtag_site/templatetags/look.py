"""How things look in every template: icons, help, times, money, shares."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.paginator import Paginator
from django.forms import BoundField, CheckboxInput, Select
from django.template.base import NodeList
from django.template.loader_tags import BlockNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers import consent
from segtag_site.roles import role_label

register = template.Library()

MISSING = "–"
# From here on `compact` shortens.
SHORTENED = 10_000
ICONS = "vendor/tabler-icons/3.51.0/icons.svg"


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing from the sprite, for the eye only: `{% icon "users" %}`. Names: vendor.json, `icons`."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, static(ICONS), name
    )


@register.simple_tag
def help(text: str) -> SafeString:
    """A `?` that shows `text` when pointed at, focused or tapped."""
    return format_html(
        '<button type="button" class="form-help segtag-help" data-bs-toggle="popover" data-bs-trigger="hover focus"'
        ' data-bs-content="{}" aria-label="{}">?</button>',
        text,
        text,
    )


@register.simple_tag(takes_context=True)
def block_again(context: template.Context, name: str) -> SafeString:
    """What the page put into block `name`, a second time: one title for the window and for the heading."""
    return BlockNode(name, NodeList()).render(context)


@register.filter
def moment(value: datetime | None) -> str:
    """How long ago, with the exact time of the site's zone on pointing: `3 hours ago`. A week back, the date."""
    if value is None:
        return MISSING
    near = abs(timezone.now() - value) < timedelta(days=7)
    return _time(value, naturaltime(value) if near else date_format(timezone.localtime(value), "SHORT_DATE_FORMAT"))


@register.filter
def exact(value: datetime | None) -> str:
    """Date and time in the site's zone."""
    if value is None:
        return MISSING
    return _time(value, date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"))


def _time(value: datetime, shown: str) -> SafeString:
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        local.isoformat(),
        date_format(local, "SHORT_DATETIME_FORMAT"),
        timezone.get_current_timezone_name(),
        shown,
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """The date in the site's zone."""
    if value is None:
        return MISSING
    return date_format(timezone.localtime(value) if isinstance(value, datetime) else value, "SHORT_DATE_FORMAT")


@register.filter
def number(value: float | Decimal | str | None, places: int | None = None) -> str:
    """A number with its thousands apart; `places` decimals, or as many as tell something (at most two)."""
    if value is None or isinstance(value, str):
        return value or MISSING
    value = float(value)
    if places is None:
        places = 0 if value == int(value) or abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return _rounded(value, places)


def _rounded(value: float, places: int) -> str:
    """Django's own formatting cuts off instead."""
    return number_format(round(value, places), places, force_grouping=True)


@register.filter
def compact(value: float | None) -> str:
    """A large number in short, as the language counts: 4.6M, 459.6万."""
    if value is None:
        return MISSING
    if abs(value) < SHORTENED:
        return number(value)
    chinese = (get_language() or "").startswith("zh")
    units = [(1e8, "亿"), (1e4, "万")] if chinese else [(1e9, "B"), (1e6, "M"), (1e3, "k")]
    size, unit = next((size, unit) for size, unit in units if abs(value) >= size)
    return _rounded(value / size, 1) + unit


@register.filter
def money(value: float | Decimal | None) -> str:
    """An amount in the shop's currency."""
    return (
        MISSING if value is None else f"{settings.CURRENCY}{number(value, 0 if abs(float(value)) >= SHORTENED else 2)}"
    )


@register.filter
def compact_money(value: float | None) -> str:
    """A large amount in short."""
    return MISSING if value is None else f"{settings.CURRENCY}{compact(value)}"


@register.filter
def share(part: float | None, whole: float | None = 1) -> str:
    """`part` of `whole` in per cent: `{{ 12|share:80 }}` is 15.0%."""
    if part is None or not whole:
        return MISSING
    return _rounded(100 * part / whole, 1) + "%"


@register.filter
def signed(value: float | None) -> str:
    """A change with its sign."""
    return MISSING if value is None else f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """How long something took: 0.4 s, 12 s, 3 min 5 s."""
    if seconds is None:
        return MISSING
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    if total < 60:
        return _("%(seconds)s s") % {"seconds": _rounded(total, 1 if total < 10 else 0)}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": total // 60, "seconds": total % 60}


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """The value under `key`, or None."""
    return mapping.get(key) if mapping else None


@register.filter
def page_numbers(paginator: Paginator, current: int) -> list[int | str]:
    """The page numbers worth a button: the ends and those around the current one."""
    return [
        n if isinstance(n, int) else "…" for n in paginator.get_elided_page_range(current, on_each_side=2, on_ends=1)
    ]


@register.filter
def styled(field: BoundField) -> SafeString:
    """A form field in Tabler's clothes."""
    widget = field.field.widget
    kind = "form-select" if isinstance(widget, Select) else "form-control"
    classes = "form-check-input" if isinstance(widget, CheckboxInput) else kind
    invalid = " is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {classes}{invalid}".strip()})


@register.simple_tag
def zone() -> str:
    """The site's time zone."""
    return timezone.get_current_timezone_name()


@register.simple_tag
def currency() -> str:
    """The sign before amounts."""
    return settings.CURRENCY


@register.simple_tag
def role_of(user: AbstractUser) -> str:
    """The user's role in words."""
    return role_label(user)


EVENT_ICONS = {
    "Order Completed": ("shopping-cart", "blue"),
    "Order Refunded": ("receipt-refund", "orange"),
    "Order Cancelled": ("receipt-refund", "orange"),
    "Campaign Received": ("speakerphone", "purple"),
    "Coupon Redeemed": ("ticket", "green"),
    "Product Viewed": ("eye", "secondary"),
    "Product Added": ("basket", "azure"),
}


@register.simple_tag
def event_icon(name: str) -> SafeString:
    """A drawing for a kind of event."""
    return icon(EVENT_ICONS.get(name, ("bolt", ""))[0])


@register.simple_tag
def event_colour(name: str) -> str:
    return EVENT_ICONS.get(name, ("", "secondary"))[1]


@register.filter
def side_by_side(left: list[Any], right: list[Any]) -> list[tuple[Any, Any]]:
    """Two lists of equal length as pairs."""
    return list(zip(left, right, strict=True))


@register.filter
def purpose_name(purpose: str) -> str:
    """What a consent or audience is for, in the reader's language."""
    return consent.purpose_name(purpose)
