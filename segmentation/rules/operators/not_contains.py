"""No part of a text."""

from segmentation.rules.catalog import TEXT
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class NotContains(Operator):
    """The operand is nowhere in the text."""

    types = frozenset({TEXT})
    negative = True
    folds = True
    words = {"en": "does not contain {value}", "zh": "不包含{value}"}

    def holds(self, value: str, operand: str) -> bool:
        return operand not in value

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.negated(v.contains(value, operand))
