"""What the rule builder's scripts cannot know by themselves: their texts, and a rule's problems at their places."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import ValueType
from segmentation.errors import SegmentationError
from segmentation.rules.problems import RuleError


def builder_words() -> dict[str, Any]:
    """The texts of static/segtag/builder*.js in the active language."""
    return {
        "condition": _("Condition"),
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
        "about": _("What the condition is about"),
        "choose": _("Choose what it is about …"),
        "values": _("Choose or type …"),
        "none": _("Nothing found"),
        "add": _("Use"),
        "subjects": {
            "event": _("What they did"),
            "items_of": _("What they bought: items of …"),
            "feature": _("Figures"),
            "trait": _("Traits"),
            "tag": _("Tags"),
            "segment": _("Segments"),
            "audience": _("Audiences"),
        },
        "items_of": _("Items of %s"),
        "types": {str(value): str(label) for value, label in ValueType.choices},
        "measures": {
            "count": _("how often"),
            "events": _("in how many orders or events"),
            "active_days": _("on how many days"),
            "sum": _("sum of"),
            "average": _("average of"),
            "minimum": _("lowest"),
            "maximum": _("highest"),
            "distinct": _("how many different"),
        },
    }


def problems_for_builder(error: SegmentationError) -> dict[str, list[dict[str, str]]]:
    """The problems of a refused rule, each with its place, as the builder shows them."""
    if isinstance(error, RuleError):
        language = get_language() or "en"
        return {"problems": [{"attr": one.path, "detail": one.text(language)} for one in error.problems]}
    return {"problems": [{"attr": error.where, "detail": error.message}]}
