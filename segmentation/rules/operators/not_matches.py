"""Regular expression that is not found."""

from segmentation.rules.catalog import TEXT
from segmentation.rules.operands import PATTERN
from segmentation.rules.operators.base import Operator
from segmentation.rules.patterns import found
from segmentation.rules.vocabulary import Expr, Vocabulary


class NotMatches(Operator):
    """The pattern is found nowhere in the text."""

    types = frozenset({TEXT})
    operand = PATTERN
    negative = True
    words = {"en": "does not match {value}", "zh": "不匹配{value}"}

    def holds(self, value: str, operand: str) -> bool:
        return not found(operand, value)

    def expression(self, v: Vocabulary, value: Expr, operand: str) -> Expr:
        return v.negated(v.matches(value, operand))
