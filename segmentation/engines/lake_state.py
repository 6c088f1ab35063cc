"""One state of the lake, as DuckDB reads it: its SQL run over the right files, and what is known of it beforehand."""

from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
import pyarrow as pa
from pyroaring import BitMap
from sqlglot import exp

from segmentation.engines.compile import CUSTOMER, Sql
from segmentation.engines.connection import LockedDatabase
from segmentation.engines.marks import bitmap
from segmentation.engines.parquet import files_between, relation, rows_of, tables_of, with_relations
from segmentation.lake.tables import EVENTS, FEATURES, Source
from segmentation.rules.days import EPOCH
from segmentation.rules.windows import Bounds

# A column with more distinct values than this is read anew each time.
MOST_KEPT_VALUES = 100_000
DIALECT = "duckdb"
AMONG = "among"


class LakeState:
    """Everything asked of one state. `key` tells it from others."""

    def __init__(self, database: LockedDatabase, source: Source) -> None:
        self.key = state_key(source)
        self._database = database
        self.source = source
        self._values: dict[tuple[str, str], list[Any]] = {}
        # The only customers that are looked at; None: all.
        self.among: BitMap | None = None

    def of(self, among: BitMap) -> Self:
        """The same state, with no other customers in it than these."""
        part = copy(self)
        part.among = among
        part.key = (*self.key, hash(among.serialize()))
        return part

    def rows(self, query: exp.Query, bounds: Bounds | None) -> int:
        """How many rows lie in the files that a SELECT opens."""
        first, stop = (bounds.first, bounds.stop) if bounds else (None, None)
        tables = tables_of(query) & set(self.source.schemas)
        return sum(rows_of(path) for table in tables for path in files_between(self.source, table, first, stop))

    def vocabulary(self, table: str) -> Sql:
        """The words for questions to one table."""
        return Sql(self.distinct_values, self.event_times, table)

    def customers(self, query: exp.Query, parameters: Mapping[str, Any], bounds: Bounds | None) -> BitMap:
        """The customer ids that a SELECT finds, each once. Files of months outside the bounds are not opened."""
        if self.among is not None:
            parameters = {**parameters, AMONG: list(self.among)}
        ids = self._database.column(self._sql(query, bounds), parameters)
        if not len(ids):
            return BitMap()
        # Ids are dense: marking them is faster than sorting them, and they come out sorted.
        marks = np.zeros(int(ids.max()) + 1, dtype=bool)
        marks[ids] = True
        return bitmap(marks)

    def table(self, query: exp.Query) -> pa.Table:
        """The rows of a SELECT."""
        return self._database.table(self._sql(query))

    def base_date(self, as_of: datetime) -> datetime | None:
        """The newest base date of features up to the moment."""
        return max((date for date in self._base_dates if date <= as_of), default=None)

    def distinct_values(self, table: str, column: str) -> list[Any]:
        """Each value of a column once; a list of texts as a tuple."""
        if (table, column) in self._values:
            return self._values[table, column]
        name = exp.column(column, quoted=True)
        query = exp.select(name).distinct().from_(table).where(exp.Not(this=exp.Is(this=name, expression=exp.Null())))
        found = self._column(query)
        values = [tuple(value) if isinstance(value, list) else value for value in found]
        if len(values) <= MOST_KEPT_VALUES:
            self._values[table, column] = values
        return values

    @cached_property
    def event_times(self) -> tuple[datetime, datetime]:
        """First and last instant at which there is an event."""
        query = exp.select("MIN(time) AS first", "MAX(time) AS last").from_(EVENTS)
        [row] = self.table(query).to_pylist()
        return (row["first"] or EPOCH).astimezone(UTC), (row["last"] or EPOCH).astimezone(UTC)

    @cached_property
    def _base_dates(self) -> list[datetime]:
        query = exp.select("as_of").distinct().from_(FEATURES)
        return [date.astimezone(UTC) for date in self._column(query)]

    def _column(self, query: exp.Query) -> list[Any]:
        return self.table(query).column(0).to_pylist()

    def _sql(self, query: exp.Query, bounds: Bounds | None = None) -> str:
        first, stop = (bounds.first, bounds.stop) if bounds else (None, None)
        relations = {
            table: relation(self.source, table, files_between(self.source, table, first, stop))
            for table in tables_of(query) & set(self.source.schemas)
        }
        if self.among is not None:
            for found in relations.values():
                found.this.where(_IN_AMONG.copy(), copy=False)
        return with_relations(query, relations).sql(dialect=DIALECT)


_AMONG = exp.select(exp.Unnest(expressions=[exp.Placeholder(this=AMONG)]))
_IN_AMONG = exp.In(this=CUSTOMER.copy(), query=exp.Subquery(this=_AMONG))


def state_key(source: Source) -> tuple[int, ...]:
    """Tells states of lakes apart, also of two lakes that count their versions alike."""
    return source.version, hash(tuple((table, *files) for table, files in sorted(source.tables.items())))
