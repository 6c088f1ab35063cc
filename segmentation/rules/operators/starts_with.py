"""Beginning of a text."""

from segmentation.rules.catalog import TEXT
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class StartsWith(Operator):
    """The text begins with the operand."""

    types = frozenset({TEXT})
    folds = True
    words = {"en": "starts with {value}", "zh": "以{value}开头"}

    def holds(self, value: str, operand: str) -> bool:
        return value.startswith(operand)

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.starts_with(value, operand)
