"""Customers as rules see them, read from the database itself: what the lake will know after its next sync."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from django.db.models import Count, Q
from sqlglot import exp

from customers.models import Customer, Event
from segmentation.engines.expressions import instant_literal
from segmentation.errors import SegmentationError
from segmentation.lake import customers, events, versions
from segmentation.lake.columns import Catalogue
from segmentation.lake.products import joined
from segmentation.lake.tables import EVENTS, FEATURES, FIXED, ITEMS
from segmentation.rules.rows import Occurrence, Person
from segmentation.sets import answers

# Of somebody who did more than this, the night works it out: usually a robot.
MOST_EVENTS = 20_000
AS_OF = exp.column("as_of", quoted=True)

Row = dict[str, Any]


def people_of(ids: Collection[int], as_of: datetime, known: Catalogue) -> list[Person]:
    """These customers with all facts that are theirs, also by merges, and the features of the newest base date."""
    owners = _owners(ids)
    found = events.rows_of(owners, known)
    happened = _occurrences(found.tables[EVENTS] if found else None)
    items = _occurrences(joined(_whole(found.tables[ITEMS])) if found else None)
    features = _features(ids, as_of)
    return [
        Person(
            id=row["customer_id"],
            identified=bool(row["identified"]),
            reachable=frozenset(row["reachable"] or ()),
            traits=row,
            features=features.get(row["customer_id"], {}),
            events=happened.get(row["customer_id"], ()),
            items=items.get(row["customer_id"], ()),
        )
        for row in map(_values, customers.rows_of(set(owners.values()), known).to_pylist())
    ]


def _owners(ids: Collection[int]) -> dict[int, int]:
    """Under whose numbers facts of these customers are kept, with whom they count for; robots are left out."""
    rows = Customer.objects.filter(Q(pk__in=ids, merged_into=None) | Q(merged_into__in=ids))
    owners = {pk: root or pk for pk, root in rows.values_list("pk", "merged_into_id")}
    counted = Event.objects.filter(customer__in=owners).order_by().values_list("customer_id").annotate(Count("pk"))
    many = {owners[pk] for pk, count in counted if count > MOST_EVENTS}
    return {pk: root for pk, root in owners.items() if root not in many}


def _whole(items: pa.Table) -> pa.Table:
    """With all columns that items have in the lake."""
    return pa.concat_tables([FIXED[ITEMS].empty_table(), items], promote_options="default")


def _features(ids: Collection[int], as_of: datetime) -> dict[int, Row]:
    try:
        source = versions.current_source()
    except SegmentationError:  # nothing was ever computed
        return {}
    mine = exp.column("customer_id", quoted=True).isin(*(exp.Literal.number(pk) for pk in ids))
    newest = exp.select(exp.Max(this=AS_OF)).from_(FEATURES).where(instant_literal(as_of) >= AS_OF)
    query = exp.select("*").from_(FEATURES).where(mine, AS_OF.eq(newest.subquery()))
    return {row["customer_id"]: _values(row) for row in answers.engine().query(query, source).to_pylist()}


def _occurrences(table: pa.Table | None) -> dict[int, list[Occurrence]]:
    found: dict[int, list[Occurrence]] = {}
    for row in map(_values, table.to_pylist() if table is not None else ()):
        found.setdefault(row["customer_id"], []).append(Occurrence(row["event_id"], row["event"], row["time"], row))
    return found


def _values(row: Row) -> Row:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value
