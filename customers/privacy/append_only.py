"""Database triggers that refuse to change or remove rows, on SQLite and PostgreSQL.

A migration that alters a protected table on SQLite makes it anew and has to protect it again.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
"""


def protect(connection: BaseDatabaseWrapper, table: str) -> None:
    """From now on rows of `table` can be added only."""
    _execute(connection, table, [_SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")], _POSTGRESQL)


def unprotect(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers away: for going back a migration, and for emptying the tables between tests."""
    sqlite = [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("UPDATE", "DELETE")]
    _execute(connection, table, sqlite, "DROP FUNCTION IF EXISTS {table}_refuse() CASCADE")


def _execute(connection: BaseDatabaseWrapper, table: str, sqlite: list[str], postgresql: str) -> None:
    statements = sqlite if connection.vendor == "sqlite" else [postgresql.format(table=table)]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
