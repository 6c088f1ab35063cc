"""Part of a text."""

from segmentation.rules.catalog import TEXT
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class Contains(Operator):
    """The operand is somewhere in the text; the empty text is in every one."""

    types = frozenset({TEXT})
    folds = True
    words = {"en": "contains {value}", "zh": "包含{value}"}

    def holds(self, value: str, operand: str) -> bool:
        return operand in value

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.contains(value, operand)
