"""Rules in words as indented lines: easier to read than one sentence where there are groups."""

from dataclasses import dataclass

from segmentation.rules.describe import Description, Words
from segmentation.rules.phrases import phrase

# What stands over the parts of a group, by its kind and whether it is negated.
_HEADS = {
    ("all", False): "all_hold",
    ("any", False): "any_holds",
    ("all", True): "not_all_hold",
    ("any", True): "none_holds",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rule told as a list, so many groups deep."""

    depth: int
    text: str


def outline(told: Description, language: str) -> list[Line]:
    """The rule as indented lines, a condition each: easier to read than one sentence where there are groups."""
    tongue = "zh" if language.startswith("zh") else "en"
    first, *rest = _lines(told.rule, 0, tongue)
    if not rest:
        return [Line(0, told.sentence)]
    return [Line(0, phrase("outlined", tongue, base=told.base, head=first.text)), *rest]


def _lines(words: Words, depth: int, tongue: str) -> list[Line]:
    negated = words.kind == "not"
    group = words.parts[0] if negated else words
    if negated and len(group.parts) < 2:
        return [Line(depth, words.text)]
    if len(group.parts) == 1:
        return _lines(group.parts[0], depth, tongue)
    if not group.parts:
        return [Line(depth, words.text)]
    head = phrase(_HEADS[group.kind, negated], tongue)
    return [Line(depth, head), *(line for part in group.parts for line in _lines(part, depth + 1, tongue))]
