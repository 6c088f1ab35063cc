"""Any value."""

from typing import Any

from segmentation.rules.catalog import TYPES
from segmentation.rules.operands import NOTHING
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class IsPresent(Operator):
    """There is a value: holds for every one that is there."""

    types = frozenset(TYPES)
    operand = NOTHING
    words = {"en": "has a value", "zh": "有值"}

    def holds(self, value: Any, operand: None) -> bool:
        return True

    def expression(self, v: Vocabulary, value: Expr, operand: None) -> Expr:
        return v.both([])
