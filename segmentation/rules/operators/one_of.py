"""Equal to one of several."""

from typing import Any

from segmentation.rules.catalog import DATE, NUMBER, TEXT
from segmentation.rules.operands import SEVERAL
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class OneOf(Operator):
    """The value is among the operands."""

    types = frozenset({NUMBER, TEXT, DATE})
    operand = SEVERAL
    folds = True
    words = {"en": "is one of {value}", "zh": "是{value}之一"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value in operand

    def expression(self, v: Vocabulary, value: Expr, operand: list[Expr]) -> Expr:
        return v.one_of(value, operand)
