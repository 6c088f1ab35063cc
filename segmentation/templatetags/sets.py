"""Customer sets in every template: their names, and the page with the customers behind a number."""

from django import template
from django.urls import reverse

from segmentation.sets.models import NamedSet
from segmentation.sets.names import set_label, value_label

register = template.Library()


@register.filter
def set_name(named_set: NamedSet) -> str:
    """`Spending power: high`, or the name alone for a set without values."""
    value = value_label(named_set)
    return f"{set_label(named_set)}: {value}" if value else set_label(named_set)


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
