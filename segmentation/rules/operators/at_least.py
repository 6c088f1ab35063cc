"""Greater or equal."""

from typing import Any

from segmentation.rules.catalog import NUMBER
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class AtLeast(Operator):
    """The number is the operand or greater."""

    types = frozenset({NUMBER})
    words = {"en": "is at least {value}", "zh": "至少为{value}"}

    def holds(self, value: Any, operand: Any) -> bool:
        return value >= operand

    def expression(self, v: Vocabulary, value: Expr, operand: Expr) -> Expr:
        return v.at_least(value, operand)
