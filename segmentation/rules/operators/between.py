"""Between two values, both included."""

from typing import Any

from segmentation.rules.catalog import DATE, NUMBER
from segmentation.rules.operands import PAIR
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class Between(Operator):
    """The value is neither below the first operand nor above the second."""

    types = frozenset({NUMBER, DATE})
    operand = PAIR
    words = {"en": "is between {value}", "zh": "介于{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        low, high = operand
        return low <= value <= high

    def expression(self, v: Vocabulary, value: Expr, operand: tuple[Expr, Expr]) -> Expr:
        low, high = operand
        return v.both([v.at_least(value, low), v.at_most(value, high)])
