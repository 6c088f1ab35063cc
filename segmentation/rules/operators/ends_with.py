"""End of a text."""

from segmentation.rules.catalog import TEXT
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class EndsWith(Operator):
    """The text ends with the operand."""

    types = frozenset({TEXT})
    folds = True
    words = {"en": "ends with {value}", "zh": "以{value}结尾"}

    def holds(self, value: str, operand: str) -> bool:
        return value.endswith(operand)

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.ends_with(value, operand)
