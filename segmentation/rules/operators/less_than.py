"""Less."""

from typing import Any

from segmentation.rules.catalog import NUMBER
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class LessThan(Operator):
    """The number is less than the operand."""

    types = frozenset({NUMBER})
    words = {"en": "is less than {value}", "zh": "小于{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value < operand

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.less_than(value, operand)
