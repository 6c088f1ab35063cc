"""Rules inside the definitions of tags."""

from segmentation.rules.catalog import Catalog, Labels
from segmentation.rules.describe import describe
from segmentation.rules.parse import parse
from segmentation.rules.problems import RuleError
from segmentation.tags.kinds.base import Asked, Document
from segmentation.tags.problems import Problem, of_rule


def rule_problems(document: Document, catalog: Catalog, place: str) -> list[Problem]:
    """What is wrong with a rule that stands at `place` of a definition."""
    try:
        parse(document, catalog)
    except RuleError as error:
        return of_rule(error.problems, place)
    return []


def rule_in_words(document: Document, asked: Asked) -> Labels:
    """A rule's conditions as a sentence in both languages."""
    rule = parse(document, asked.catalog)
    told = (describe(rule, asked.catalog, language, asked.as_of).rule for language in ("zh", "en"))
    # A group's text stands in brackets, which a whole rule does not need.
    return Labels(*(words.text[1:-1] if words.kind in {"all", "any"} else words.text for words in told))
