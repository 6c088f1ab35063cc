"""Equal."""

from typing import Any

from segmentation.rules.catalog import BOOLEAN, DATE, NUMBER, TEXT
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class Is(Operator):
    """The value is the operand."""

    types = frozenset({NUMBER, TEXT, BOOLEAN, DATE})
    folds = True
    words = {"en": "is {value}", "zh": "是{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value == operand

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.equals(value, operand)
