"""Comparisons: read, written, said, meant, and asked of an engine, for every operator alike."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from customers.plugins import load, load_all, names
from segmentation.rules.catalog import NUMBER, TEXT, TEXT_LIST
from segmentation.rules.days import Moment
from segmentation.rules.nodes import EXCLUDE, INCLUDE, Comparison, Value
from segmentation.rules.operands import NOTHING, Literal
from segmentation.rules.operators.base import Operator
from segmentation.rules.reading import Reading
from segmentation.rules.values import fold, is_missing
from segmentation.rules.vocabulary import Expr, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

PACKAGE = "segmentation.rules.operators"
# The keys of a comparison in a document.
KEYS = ("op", "value", "fold", "missing")


def operator(key: str) -> Operator:
    return load(PACKAGE, key, Operator)


def operators_for(type: str) -> list[str]:
    """Keys of the operators that judge values of this type."""
    return [key for key, one in load_all(PACKAGE, Operator).items() if type in one.types]


def read_comparison(
    reading: Reading,
    document: dict[str, Any],
    path: str,
    *,
    type: str,
    name: str,
    can_be_missing: bool = True,
    only: Iterable[str] | None = None,
) -> Comparison | None:
    """The comparison in a condition's document; None with problems noted."""
    if "op" not in document:
        reading.problem(path, "missing_key", key="op")
        return None
    key = reading.choice(document["op"], f"{path}.op", names(PACKAGE))
    if key is None:
        return None
    allowed = [one for one in operators_for(type) if only is None or one in only]
    if not can_be_missing:
        allowed = [one for one in allowed if operator(one).operand is not NOTHING]
    if key not in allowed:
        reading.problem(f"{path}.op", "operator_not_for_type", op=key, type=type, name=name, choices=allowed)
        return None
    return Comparison(
        op=key,
        operand=_read_operand(reading, document, path, operator(key), type),
        fold=_read_fold(reading, document, path, operator(key), type),
        missing=_read_missing(reading, document, path, operator(key), can_be_missing),
    )


def _read_operand(reading: Reading, document: dict[str, Any], path: str, op: Operator, type: str) -> Any:
    if op.operand is NOTHING:
        if "value" in document:
            reading.problem(f"{path}.value", "no_value_here", op=op.key)
        return None
    if "value" not in document:
        reading.problem(path, "missing_key", key="value")
        return None
    return op.operand.read(reading, document["value"], f"{path}.value", type)


def _read_fold(reading: Reading, document: dict[str, Any], path: str, op: Operator, type: str) -> bool:
    if "fold" not in document:
        return False
    if not op.folds or type not in {TEXT, TEXT_LIST}:
        reading.problem(f"{path}.fold", "no_fold_here")
        return False
    if not isinstance(document["fold"], bool):
        reading.problem(f"{path}.fold", "not_true_or_false")
    return document["fold"] is True


def _read_missing(
    reading: Reading, document: dict[str, Any], path: str, op: Operator, can_be_missing: bool
) -> str | None:
    stated = op.negative and can_be_missing
    if "missing" not in document:
        return EXCLUDE if stated else None
    if not stated:
        reading.problem(f"{path}.missing", "no_missing_here")
        return None
    return reading.choice(document["missing"], f"{path}.missing", (EXCLUDE, INCLUDE))


def write_comparison(comparison: Comparison, timezone: ZoneInfo) -> dict[str, Any]:
    """The comparison as keys of a condition's document; negative ones state what becomes of missing values."""
    op = operator(comparison.op)
    document: dict[str, Any] = {"op": comparison.op}
    if op.operand is not NOTHING:
        document["value"] = op.operand.write(comparison.operand, timezone)
    if comparison.fold:
        document["fold"] = True
    if comparison.missing is not None:
        document["missing"] = comparison.missing
    return document


def holds_for_missing(comparison: Comparison) -> bool:
    """Whether customers without a value are meant."""
    return operator(comparison.op).on_missing or comparison.missing == INCLUDE


def judge(
    comparison: Comparison, value: Any, type: str, moment: Moment, exact: Callable[[Any], Any] | None = None
) -> bool:
    """The meaning: whether a value, which may be missing, passes. `exact` takes numbers as sums take them."""
    if is_missing(value):
        return holds_for_missing(comparison)
    op = operator(comparison.op)
    operand = op.operand.settle(comparison.operand, type, moment)
    if exact is not None:
        operand = op.operand.literals(operand, exact)
    if comparison.fold:
        return op.holds(fold(value), op.operand.fold(operand))
    return op.holds(value, operand)


def expression(
    v: Vocabulary,
    comparison: Comparison,
    value: Expr,
    type: str,
    moment: Moment,
    *,
    literal: Literal | None = None,
    present: Expr | None = None,
) -> Expr:
    """The same in the words of an engine. `literal` and `present` say it otherwise than is usual for the type."""
    op = operator(comparison.op)
    operand = op.operand.settle(comparison.operand, type, moment)
    if present is None:
        present = v.is_number(value) if type == NUMBER else v.is_present(value)
    if comparison.fold:
        folded = op.operand.fold(operand)
        passes = v.passes(value, lambda one: op.holds(fold(one), folded))
    else:
        passes = op.expression(v, value, op.operand.literals(operand, literal or _literals_of(v, type)))
    passes = v.both([present, passes])
    return v.either([passes, v.negated(present)]) if holds_for_missing(comparison) else passes


def _literals_of(v: Vocabulary, type: str) -> Literal:
    def literal(value: Value) -> Expr:
        return v.literal(value, TEXT if type == TEXT_LIST else type)

    return literal


def words(comparison: Comparison, type: str, telling: "Telling") -> str:
    """What follows the name of the value: "is at least 500", with what becomes of those without a value."""
    op = operator(comparison.op)
    phrase = op.words[telling.tongue].format(value=op.operand.words(comparison.operand, type, telling))
    asides = [telling.phrase("folded")] if comparison.fold else []
    if comparison.missing is not None:
        asides.append(telling.phrase(f"missing_{comparison.missing}"))
    return phrase + telling.aside(asides)
