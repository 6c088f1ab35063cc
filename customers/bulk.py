"""Many rows into one table with one statement text: several times as fast as model by model."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast

from django.db import connection, models

# Values in one question; SQLite takes 32,766.
_ASKED_AT_ONCE = 5000


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[tuple], *, unless: Sequence[str]) -> int:
    """Insert `rows`, leaving out those whose `unless` fields (a unique constraint) exist already; say how many went in.

    Any other broken constraint raises. Values are given as the database stores them (see `stored_time`, and JSON
    as text).
    """
    quote = connection.ops.quote_name
    columns = [_column(model, field) for field in fields]
    statement = (  # names of our own models, quoted; values are parameters
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(columns))}) "
        f"ON CONFLICT ({', '.join(_column(model, field) for field in unless)}) DO NOTHING"
    )
    return _execute(statement, rows)


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[tuple]) -> int:
    """Set `fields` of the row whose primary key ends each tuple of `rows`."""
    table = connection.ops.quote_name(model._meta.db_table)
    changes = ", ".join(f"{_column(model, field)} = %s" for field in fields)
    return _execute(f"UPDATE {table} SET {changes} WHERE {_column(model, 'pk')} = %s", rows)  # noqa: S608


def present(model: type[models.Model], field: str, values: Sequence[str]) -> set[str]:
    """Those of the values that `field` has in some row."""
    table, column = connection.ops.quote_name(model._meta.db_table), _column(model, field)
    found: set[str] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(values), _ASKED_AT_ONCE):
            asked = values[start : start + _ASKED_AT_ONCE]
            places = ", ".join(["%s"] * len(asked))
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IN ({places})", asked)  # noqa: S608
            found.update(value for (value,) in cursor.fetchall())
    return found


def stored_time(moment: datetime) -> object:
    """An aware datetime as this database stores it."""
    return connection.ops.adapt_datetimefield_value(moment)


def stored_times(moments: Iterable[datetime]) -> Iterator[object]:
    """Many of them."""
    return map(connection.ops.adapt_datetimefield_value, moments)


def _column(model: type[models.Model], field: str) -> str:
    name = model._meta.pk.name if field == "pk" else field
    return connection.ops.quote_name(str(cast("models.Field", model._meta.get_field(name)).column))


def _execute(statement: str, rows: Iterable[tuple]) -> int:
    todo = list(rows)
    if not todo:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(statement, todo)
        return cursor.rowcount
