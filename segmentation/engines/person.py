"""One customer's rows of the lake, for the plain meaning to judge."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segmentation.engines.expressions import instant_literal
from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, ITEMS
from segmentation.rules.rows import Occurrence, Person

# Runs a SELECT over the lake's tables.
Query = Callable[[exp.Query], pa.Table]
AS_OF = exp.column("as_of", quoted=True)


def person_of(customer_id: int, *, as_of: datetime, query: Query) -> Person | None:
    """All that rules can ask of the customer at `as_of`; None if the lake does not know them."""

    def rows(table: str, *tests: exp.Expr) -> list[dict[str, Any]]:
        mine = exp.column("customer_id", quoted=True).eq(exp.Literal.number(customer_id))
        found = query(exp.select("*").from_(table).where(mine, *tests)).to_pylist()
        return [{name: _value(value) for name, value in row.items()} for row in found]

    known = rows(CUSTOMERS)
    if not known:
        return None
    newest = exp.select(exp.Max(this=AS_OF)).from_(FEATURES).where(instant_literal(as_of) >= AS_OF)
    features = rows(FEATURES, AS_OF.eq(newest.subquery()))
    return Person(
        id=customer_id,
        identified=bool(known[0]["identified"]),
        reachable=frozenset(known[0]["reachable"] or ()),
        traits=known[0],
        features=features[0] if features else {},
        events=[_occurrence(row) for row in rows(EVENTS)],
        items=[_occurrence(row) for row in rows(ITEMS)],
    )


def _occurrence(row: dict[str, Any]) -> Occurrence:
    return Occurrence(row["event_id"], row["event"], row["time"], row)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value
