"""Saved rules in words, for pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from segmentation.rules.describe import Description, describe
from segmentation.rules.parse import RuleError, parse
from segmentation.sets.catalog import rule_catalog


def told(document: dict[str, Any]) -> Description | None:
    """The rule in the active language, windows as of now; None when it speaks of what there is no more."""
    catalog = rule_catalog()
    try:
        rule = parse(document, catalog)
    except RuleError:
        return None
    return describe(rule, catalog, get_language() or "en", timezone.now())


def rule_in_words(document: dict[str, Any]) -> str:
    """The rule as one sentence, without what goes without saying: all customers, days of the shop's zone."""
    found = told(document)
    if found is None:
        return _("The rule speaks of something that is not there any more. Edit it.")
    if document.get("base", {}).get("population", "all") != "all":
        return found.sentence
    words = found.rule
    return words.text[1:-1] if words.kind in {"all", "any"} and len(words.parts) > 1 else words.text
