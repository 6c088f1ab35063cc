"""Many rows in one statement: several times as fast as model by model.

Values go in as a few arrays (PostgreSQL) or one JSON text (SQLite) instead of a parameter each: databases and drivers
spend more time on ten thousand parameters than on the rows.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import connection, models


def insert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[tuple],
    *,
    unless: Sequence[str],
    add: str = "",
    newest: str = "",
) -> int:
    """Insert `rows`, leaving out those whose `unless` fields (a unique constraint) exist already; say how many went in.

    With `add`, a number, the value of that field is added to the one that is there; with `newest`, a time, the row
    that is there takes all values of one that is younger.

    Any other broken constraint raises. Values are given as the database stores them (see `stored_time`, and JSON
    as text).
    """
    columns = ", ".join(_column(model, field) for field in fields)
    kept = f"ON CONFLICT ({', '.join(_column(model, field) for field in unless)}) DO "
    if add:
        kept += f"UPDATE SET {add} = {_table(model)}.{add} + excluded.{add}"
    elif newest:
        names = [_column(model, field) for field in fields if field not in unless]
        changes = ", ".join(f"{name} = excluded.{name}" for name in names)
        kept += f"UPDATE SET {changes} WHERE excluded.{newest} > {_table(model)}.{newest}"
    else:
        kept += "NOTHING"
    head = f"INSERT INTO {_table(model)} ({columns})"
    if connection.vendor == "postgresql":
        return _execute(f"{head} SELECT * FROM {_arrays(model, fields)} {kept}", rows, arrays=True)  # noqa: S608
    return _execute(f"{head} VALUES ({', '.join(['%s'] * len(fields))}) {kept}", rows)


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[tuple]) -> int:
    """Set `fields` of the row whose primary key ends each tuple of `rows`."""
    table, key = _table(model), _column(model, "pk")
    if connection.vendor == "postgresql":
        names = [f"c{number}" for number in range(len(fields))]
        changes = ", ".join(f"{_column(model, field)} = new.{name}" for field, name in zip(fields, names, strict=True))
        source = f"{_arrays(model, [*fields, 'pk'])} AS new({', '.join([*names, 'key'])})"
        statement = f"UPDATE {table} SET {changes} FROM {source} WHERE {table}.{key} = new.key"  # noqa: S608
        return _execute(statement, rows, arrays=True)
    changes = ", ".join(f"{_column(model, field)} = %s" for field in fields)
    return _execute(f"UPDATE {table} SET {changes} WHERE {key} = %s", rows)  # noqa: S608


def select(model: type[models.Model], fields: Sequence[str], by: Sequence[str], keys: Iterable[tuple]) -> list[tuple]:
    """`fields` of the rows whose `by` fields (indexed) are one of `keys`, in no order. Foreign keys are ids."""
    asked = list(dict.fromkeys(keys))
    if not asked:
        return []
    table, wanted = _table(model), ", ".join(f"t.{_column(model, field)}" for field in fields)
    names = [f"k{number}" for number in range(len(by))]
    if connection.vendor == "postgresql":
        source = f"{_arrays(model, by)} AS asked({', '.join(names)})"
        same = " AND ".join(f"t.{_column(model, field)} = asked.{name}" for field, name in zip(by, names, strict=True))
        values: list[Any] = _turned(asked)
    else:
        source = "json_each(%s) AS asked"
        same = " AND ".join(
            f"t.{_column(model, field)} = json_extract(asked.value, '$[{number}]')" for number, field in enumerate(by)
        )
        values = [json.dumps(asked)]
    # CROSS JOIN keeps SQLite from reading the whole table and looking each row up in the list.
    join = "JOIN" if connection.vendor == "postgresql" else "CROSS JOIN"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {source} {join} {table} t ON {same}", values)  # noqa: S608
        return _as_python(model, fields, cursor.fetchall())


def numbers(rows: models.QuerySet[Any], field: str) -> list[int]:
    """All values of an integer field, in no order: one array from the database, which is much faster than rows."""
    try:
        query, values = rows.order_by().values(number=models.F(field)).query.sql_with_params()
    except EmptyResultSet:
        return []
    gather = "array_agg" if connection.vendor == "postgresql" else "json_group_array"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {gather}(number) FROM ({query}) AS found", values)  # noqa: S608
        [(found,)] = cursor.fetchall()
    return msgspec.json.decode(found, type=list[int]) if isinstance(found, str) else found or []


def present(model: type[models.Model], field: str, values: Sequence[str]) -> set[str]:
    """Those of the values that `field` has in some row."""
    return {value for (value,) in select(model, [field], [field], ((value,) for value in values))}


def stored_time(moment: datetime) -> object:
    """An aware datetime as this database stores it."""
    return connection.ops.adapt_datetimefield_value(moment)


def stored_times(moments: Iterable[datetime]) -> Iterator[object]:
    """Many of them."""
    if connection.vendor == "sqlite":
        return (str(moment.astimezone(UTC))[: -len("+00:00")] for moment in moments)
    return map(connection.ops.adapt_datetimefield_value, moments)


def _as_python(model: type[models.Model], fields: Sequence[str], rows: list[tuple]) -> list[tuple]:
    """SQLite keeps times without a zone."""
    times = {n for n, name in enumerate(fields) if isinstance(_field(model, name), models.DateTimeField)}
    if connection.vendor != "sqlite" or not times:
        return rows
    columns = list(zip(*rows, strict=True))
    for n in times if rows else ():
        columns[n] = tuple(value.replace(tzinfo=UTC) if value else None for value in columns[n])
    return list(zip(*columns, strict=True))


def _arrays(model: type[models.Model], fields: Sequence[str]) -> str:
    """A table of as many parameters, each the array of one column's values."""
    types = (_field(model, field).db_parameters(connection)["type"] for field in fields)
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in types)})"


def _turned(rows: Sequence[tuple]) -> list[Any]:
    """The columns of these rows, each as PostgreSQL writes an array: the driver would look at every value by itself."""
    return [_array(column) for column in zip(*rows, strict=True)]


def _array(values: tuple) -> Any:
    kinds = set(map(type, values))
    if kinds == {str}:
        return _texts(values)
    if kinds == {int}:
        return f"{{{','.join(map(str, values))}}}"
    if kinds == {datetime}:
        return f"{{{','.join(map(datetime.isoformat, values))}}}"
    return list(values)


def _texts(values: tuple[str, ...]) -> str:
    """Between two texts stands NUL until quotes are escaped: no text of PostgreSQL's holds one."""
    joined = "\0".join(values)
    if joined.count("\0") >= len(values):
        raise ValueError("PostgreSQL stores no text with a NUL")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + escaped.replace("\0", '","') + '"}'


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return cast("models.Field[Any, Any]", found)


def _column(model: type[models.Model], field: str) -> str:
    return connection.ops.quote_name(str(_field(model, field).column))


def _execute(statement: str, rows: Iterable[tuple], *, arrays: bool = False) -> int:
    todo = list(rows)
    if not todo:
        return 0
    with connection.cursor() as cursor:
        if arrays:
            cursor.execute(statement, _turned(todo))
        else:
            cursor.executemany(statement, todo)
        return cursor.rowcount
