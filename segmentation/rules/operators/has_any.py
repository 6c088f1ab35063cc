"""One of several in a list."""

from segmentation.rules.catalog import TEXT_LIST
from segmentation.rules.operands import SEVERAL
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class HasAny(Operator):
    """The list holds at least one of the operands."""

    types = frozenset({TEXT_LIST})
    operand = SEVERAL
    folds = True
    words = {"en": "has any of {value}", "zh": "含有{value}中的任意一个"}

    def holds(self, value: tuple[str, ...], operand: tuple[str, ...]) -> bool:
        return any(one in value for one in operand)

    def expression(self, v: Vocabulary, value: Expr, operand: list[Expr]) -> Expr:
        return v.either([v.has(value, one) for one in operand])
