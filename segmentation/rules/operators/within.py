"""Within a window of time."""

from typing import Any

from segmentation.rules.catalog import DATE, DATETIME
from segmentation.rules.operands import SPAN
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class Within(Operator):
    """The instant, or the first instant of the day, lies in the window. Here a window may reach beyond the moment."""

    types = frozenset({DATETIME, DATE})
    operand = SPAN
    words = {"en": "is {value}", "zh": "在{value}"}

    def holds(self, value: Any, operand: tuple[Any, Any]) -> bool:
        first, stop = operand
        return (first is None or value >= first) and (stop is None or value < stop)

    def expression(self, v: Vocabulary, value: Expr, operand: tuple[Expr, Expr]) -> Expr:
        first, stop = operand
        tests = [] if first is None else [v.at_least(value, first)]
        return v.both(tests if stop is None else [*tests, v.less_than(value, stop)])
