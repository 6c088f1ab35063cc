"""Regular expression."""

from segmentation.rules.catalog import TEXT
from segmentation.rules.operands import PATTERN
from segmentation.rules.operators.base import Operator
from segmentation.rules.patterns import found
from segmentation.rules.vocabulary import Expr, Vocabulary


class Matches(Operator):
    """The pattern is found somewhere in the text; ^ and $ tie it to the ends."""

    types = frozenset({TEXT})
    operand = PATTERN
    words = {"en": "matches {value}", "zh": "匹配{value}"}

    def holds(self, value: str, operand: str) -> bool:
        return found(operand, value)

    def expression(self, v: Vocabulary, value: Expr, operand: str) -> Expr:
        return v.matches(value, operand)
