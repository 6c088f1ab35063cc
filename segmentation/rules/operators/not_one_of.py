"""Equal to none of several."""

from typing import Any

from segmentation.rules.catalog import DATE, NUMBER, TEXT
from segmentation.rules.operands import SEVERAL
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class NotOneOf(Operator):
    """The value is not among the operands."""

    types = frozenset({NUMBER, TEXT, DATE})
    operand = SEVERAL
    negative = True
    folds = True
    words = {"en": "is none of {value}", "zh": "不是{value}中的任何一个"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value not in operand

    def expression(self, v: Vocabulary, value: Expr, operand: list[Expr]) -> Expr:
        return v.negated(v.one_of(value, operand))
