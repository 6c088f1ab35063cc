"""Earlier."""

from typing import Any

from segmentation.rules.catalog import DATE, DATETIME
from segmentation.rules.operands import DAY
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class Before(Operator):
    """The day or instant is earlier than the operand."""

    types = frozenset({DATETIME, DATE})
    operand = DAY
    words = {"en": "is before {value}", "zh": "早于{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value < operand

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.less_than(value, operand)
