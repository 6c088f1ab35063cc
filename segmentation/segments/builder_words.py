"""The texts of static/segtag/builder*.js, which the scripts cannot know by themselves, in the active language."""

from typing import Any

from django.utils.translation import gettext as _

from customers.models import ValueType


def builder_words() -> dict[str, Any]:
    """All of them, by the name under which the scripts ask."""
    return {
        **_tree_words(),
        **_choice_words(),
        "subjects": _subjects(),
        "types": {str(value): str(label) for value, label in ValueType.choices},
        "measures": _measures(),
        "shapes": _shapes(),
        "others": {"sequence": _("then"), "more_often": _("than"), "share": _("out of all")},
        "without": _("without in between"),
    }


def _tree_words() -> dict[str, str]:
    return {
        "condition": _("Condition"),
        "timezone": _("Time zone"),
        "filter": _("Filter"),
        "and": _("and"),
        "or": _("or"),
        "all": _("All of these"),
        "any": _("Any of these"),
        "negate": _("Negate: not …"),
        "plain": _("Remove “not”"),
        "fold": _("Ignore case, width and accents"),
        "strict": _("Compare letter by letter"),
        "empty": _("Add at least one condition. An empty rule never means everybody."),
        "only_events": _("only count those where …"),
        "only_items": _("only count items where …"),
        "alone": _("Customers who fit this condition alone"),
        "unfinished_one": _("One condition is not finished and does not count yet."),
        "unfinished": _("%d conditions are not finished and do not count yet."),
        "no_rule": _("There is no “rule” in it."),
    }


def _choice_words() -> dict[str, str]:
    return {
        "about": _("What the condition is about"),
        "choose": _("Search: bought, churn, spend …"),
        "choose_filter": _("Choose a property …"),
        "values": _("Choose or type …"),
        "no_text": _("(empty text)"),
        "none": _("Nothing found"),
        "add": _("Use"),
        "origin": _("Where the value comes from"),
        "any_origin": _("anywhere"),
        "days": _("days"),
        "about_count": _("about %s"),
        "between": _("between %(low)s and %(high)s by a sample; counting all …"),
        "break_down": _("Break down by tags …"),
        "of_base": _("%s of all asked"),
        "items_of": _("Items of %s"),
    }


def _subjects() -> dict[str, str]:
    """Groups of what a condition can be about, in the order in which they are offered."""
    return {
        "event": _("What they did"),
        "items_of": _("What they bought: items of …"),
        "pattern": _("Patterns of behaviour"),
        "feature": _("Figures"),
        "trait": _("Traits"),
        "tag": _("Tags"),
        "segment": _("Segments"),
        "audience": _("Audiences"),
    }


def _measures() -> dict[str, str]:
    """By the key of the measure, in a line after the event: “Order Completed – sum of – total”."""
    return {
        "count": _("how often"),
        "events": _("in how many orders or events"),
        "active_days": _("on how many days"),
        "sum": _("sum of"),
        "average": _("average of"),
        "minimum": _("lowest"),
        "maximum": _("highest"),
        "distinct": _("how many different"),
        "days_since": _("days since the last one"),
        "first_time": _("when for the first time"),
        "last_time": _("when for the last time"),
        "first_value": _("in the first one:"),
        "last_value": _("in the last one:"),
    }


def _shapes() -> dict[str, str]:
    """By the key of the predicate."""
    return {
        "first_ever": _("for the first time ever"),
        "stopped": _("used to, but stopped"),
        "restarted": _("came back"),
        "regularly": _("regularly"),
        "sequence": _("followed by …"),
        "more_often": _("more often than …"),
        "share": _("share of …"),
        "top": _("is among the highest"),
    }
