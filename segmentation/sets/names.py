"""What sets are called, in the active language."""

from django.utils.translation import get_language

from segmentation.sets.models import NamedSet


def set_label(named_set: NamedSet) -> str:
    """The name of the tag, segment or audience."""
    return _chosen(named_set.label_zh, named_set.label_en) or named_set.key


def value_label(named_set: NamedSet) -> str:
    """The name of the value; empty for a set without values."""
    return _chosen(named_set.value_label_zh, named_set.value_label_en) or named_set.value


def full_label(named_set: NamedSet) -> str:
    """`Spending power: high`, or the name alone for a set without values."""
    value = value_label(named_set)
    return f"{set_label(named_set)}: {value}" if value else set_label(named_set)


def _chosen(zh: str, en: str) -> str:
    first, second = (zh, en) if (get_language() or "").startswith("zh") else (en, zh)
    return first or second
