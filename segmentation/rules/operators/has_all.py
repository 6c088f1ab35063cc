"""All of several in a list."""

from segmentation.rules.catalog import TEXT_LIST
from segmentation.rules.operands import SEVERAL
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class HasAll(Operator):
    """The list holds every one of the operands."""

    types = frozenset({TEXT_LIST})
    operand = SEVERAL
    folds = True
    words = {"en": "has all of {value}", "zh": "含有全部{value}"}

    def holds(self, value: tuple[str, ...], operand: tuple[str, ...]) -> bool:
        return all(one in value for one in operand)

    def expression(self, v: Vocabulary, value: Expr, operand: list[Expr]) -> Expr:
        return v.both([v.has(value, one) for one in operand])
