"""Has its anniversary within some days: birthdays of the next week, customers who joined a year ago today."""

from datetime import date
from typing import Any

from segmentation.rules.anniversaries import Occasion, is_between
from segmentation.rules.catalog import DATE, DATETIME
from segmentation.rules.operators.base import Operator
from segmentation.rules.vocabulary import Expr, Vocabulary


class Anniversary(Operator):
    """Month and day of the value come round on one of the days; 29 February does on 1 March in other years.

    The day itself is no anniversary of its own.
    """

    types = frozenset({DATETIME, DATE})
    operand = Occasion()
    words = {"en": "has its anniversary {value}", "zh": "的周年日在{value}"}

    def holds(self, value: Any, operand: tuple[date, date, Any]) -> bool:
        return is_between(value, *operand)

    def expression(self, v: Vocabulary, value: Expr, operand: tuple[date, date, Any]) -> Expr:
        return v.passes(value, lambda one: is_between(one, *operand))
