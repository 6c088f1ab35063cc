"""Greater."""

from typing import Any

from segmentation.rules.catalog import NUMBER
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class MoreThan(Operator):
    """The number is greater than the operand."""

    types = frozenset({NUMBER})
    words = {"en": "is more than {value}", "zh": "大于{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value > operand

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.more_than(value, operand)
