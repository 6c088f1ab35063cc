"""The lake's Parquet files as relations of DuckDB: only the files that can matter, with every column of the table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from segmentation.lake.tables import PARTITIONS, Source

SQL_TYPES = {
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", "UTC"): "TIMESTAMPTZ",
    pa.list_(pa.string()): "VARCHAR[]",
}


def files_between(source: Source, table: str, first: datetime | None, stop: datetime | None) -> list[str]:
    """The files of a table that may hold events from `first` to before `stop`; None for no bound."""
    low = first.astimezone(UTC).strftime("%Y-%m") if first else ""
    high = stop.astimezone(UTC).strftime("%Y-%m") if stop else "9999-12"
    return [path for path in source.tables.get(table, ()) if low <= source.months.get(path, low) <= high]


def relation(source: Source, table: str, files: list[str]) -> exp.Subquery:
    """A subquery with every column that the table has, missing in files written before a column was known."""
    columns = [field for field in source.schemas[table] if not _is_in_path(table, field.name)]
    present = set().union(*(_columns_of(path) for path in files))
    selected = [_column(field, field.name in present) for field in columns]
    query = exp.select(*selected)
    if not files:
        return exp.Subquery(this=query.where(exp.false()))
    same = len({_columns_of(path) for path in files}) == 1
    return exp.Subquery(this=query.from_(_read(files, by_name=not same)))


def with_relations(expression: exp.Query, relations: dict[str, exp.Subquery]) -> exp.Query:
    """The query with the lake's table names replaced by what stands for them; names of its own CTEs stay."""
    query = expression.copy()
    for table in list(_lake_tables(query)):
        if table.name in relations:
            relation = relations[table.name].copy()
            relation.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name, quoted=True)))
            table.replace(relation)
    return query


def tables_of(expression: exp.Query) -> set[str]:
    """Names of the lake's tables that the query reads."""
    return {table.name for table in _lake_tables(expression)}


def _lake_tables(query: exp.Query) -> Iterator[exp.Table]:
    own = {cte.alias_or_name for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not table.db and table.name not in own:
            yield table


def _is_in_path(table: str, column: str) -> bool:
    return column == PARTITIONS.get(table)


def _column(field: pa.Field, present: bool) -> exp.Expr:
    column = exp.column(field.name, quoted=True)
    if present:
        return column
    return exp.alias_(exp.cast(exp.Null(), SQL_TYPES[field.type], dialect="duckdb"), field.name, quoted=True)


def _read(files: list[str], *, by_name: bool) -> exp.Expr:
    arguments: list[exp.Expr] = [exp.Array(expressions=[exp.Literal.string(path) for path in files])]
    if by_name:
        arguments.append(exp.EQ(this=exp.column("union_by_name"), expression=exp.true()))
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=arguments))


@lru_cache(maxsize=100_000)
def _columns_of(path: str) -> frozenset[str]:
    """Columns of a file; files of the lake never change."""
    return frozenset(pq.read_schema(path).names)


@lru_cache(maxsize=100_000)
def rows_of(path: str) -> int:
    """How many rows a file has."""
    return int(pq.read_metadata(path).num_rows)
