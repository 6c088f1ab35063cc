"""Not equal."""

from typing import Any

from segmentation.rules.catalog import BOOLEAN, DATE, NUMBER, TEXT
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class IsNot(Operator):
    """The value is another than the operand."""

    types = frozenset({NUMBER, TEXT, BOOLEAN, DATE})
    negative = True
    folds = True
    words = {"en": "is not {value}", "zh": "不是{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value != operand

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.negated(v.equals(value, operand))
