"""Conditions on properties of one event or item: the `where` of behaviour."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import comparison
from segmentation.rules.catalog import Field
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Node, PropertyTest
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Occurrence
from segmentation.rules.trees import fold_tree, read_tree, tree_holds, write_tree
from segmentation.rules.vocabulary import Expr, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


def read_where(reading: Reading, raw: object, path: str, fields: Mapping[str, Field], kind: str) -> Node | None:
    """The conditions from JSON; None with problems noted."""
    return read_tree(reading, raw, path, partial(_read_test, reading, fields, kind))


def _read_test(
    reading: Reading, fields: Mapping[str, Field], kind: str, document: dict[str, Any], path: str
) -> PropertyTest | None:
    if not reading.keys(document, path, ("property",), comparison.KEYS):
        return None
    field = reading.name(document["property"], f"{path}.property", fields, kind)
    if field is None:
        return None
    judged = comparison.read_comparison(reading, document, path, type=field.type, name=field.name)
    return None if judged is None else PropertyTest(field, judged)


def write_where(where: Node, timezone: ZoneInfo) -> dict[str, Any]:
    """The conditions as JSON."""

    def write(test: PropertyTest) -> dict[str, Any]:
        return {"property": test.field.name, **comparison.write_comparison(test.comparison, timezone)}

    return write_tree(where, write)


def fits(where: Node | None, row: Occurrence, moment: Moment) -> bool:
    """The meaning: whether an occurrence fits."""

    def holds(test: PropertyTest) -> bool:
        return comparison.judge(test.comparison, row.values.get(test.field.column), test.field.type, moment)

    return where is None or tree_holds(where, holds)


def expression(where: Node | None, v: Vocabulary, moment: Moment) -> Expr | None:
    """The same in the words of an engine."""

    def test(test: Any) -> Expr:
        return comparison.expression(v, test.comparison, v.column(test.field), test.field.type, moment)

    return None if where is None else fold_tree(where, test, v.both, v.either, v.negated)


def words(where: Node, telling: "Telling") -> str:
    """The conditions in words."""

    def test(test: Any) -> str:
        judged = comparison.words(test.comparison, test.field.type, telling)
        return telling.sentence(telling.field(test.field), judged)

    return fold_tree(where, test, telling.every, telling.some, telling.negated)
