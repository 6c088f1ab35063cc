"""No value."""

from typing import Any

from segmentation.rules.catalog import TYPES
from segmentation.rules.operands import NOTHING
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class IsMissing(Operator):
    """There is no value: holds for none that is there. The empty text is a value, and so is the empty list."""

    types = frozenset(TYPES)
    operand = NOTHING
    on_missing = True
    words = {"en": "has no value", "zh": "没有值"}

    def holds(self, value: Any, operand: None) -> bool:
        return False

    def expression(self, v: Vocabulary, value: Expr, operand: None) -> Expr:
        return v.either([])
