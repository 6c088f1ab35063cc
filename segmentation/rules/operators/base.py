"""The contract of operators. To add one, copy a neighbour and give it a case in tests/contracts/test_operators.py."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from segmentation.rules.operands import ONE, Operand
from segmentation.rules.vocabulary import Expr, Vocabulary


class Operator(ABC):
    """How a value is judged against an operand. Missing values are settled before: no operator ever sees one."""

    # Types of value that it judges.
    types: ClassVar[frozenset[str]]
    # What stands to its right.
    operand: ClassVar[Operand] = ONE
    # Holds for most values; the rule must say what becomes of customers without a value.
    negative: ClassVar[bool] = False
    # Holds where there is no value.
    on_missing: ClassVar[bool] = False
    # Has a variant for text without case, width and accents.
    folds: ClassVar[bool] = False
    # What follows the name of the value, by language; {value} is the operand in words.
    words: ClassVar[dict[str, str]]

    @property
    def key(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def holds(self, value: Any, operand: Any) -> bool:
        """The meaning, in plain Python: `operand` is settled."""

    @abstractmethod
    def expression(self, v: Vocabulary, value: Expr, operand: Any) -> Expr:
        """The same in the words of an engine: `operand` is settled and made of literals."""
