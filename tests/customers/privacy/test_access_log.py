"""The access log can be added to, and shows every other change."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from customers.models import AccessLog
from customers.privacy import access_log
from customers.privacy.append_only import protect, unprotect

pytestmark = pytest.mark.django_db
TABLE = AccessLog._meta.db_table


@pytest.fixture
def five() -> list[AccessLog]:
    return [note(key=str(number), share=0.1 * number) for number in range(5)]


def note(key: str = "1", **detail: object) -> AccessLog:
    return access_log.record(actor=None, action="reveal", object_kind="customer", object_key=key, detail=detail)


def tamper(statement: str) -> None:
    """What somebody with all rights on the database could do."""
    unprotect(connection, TABLE)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=TABLE))
    protect(connection, TABLE)


def test_entries_are_chained(five: list[AccessLog]) -> None:
    assert [entry.previous_hash for entry in five] == [access_log.FIRST, *(entry.hash for entry in five[:-1])]
    assert access_log.verify(head=five[2].hash).sound
    assert access_log.verify().entries == 5


def test_an_empty_log_is_sound() -> None:
    assert access_log.verify().sound


@pytest.mark.parametrize("change", ["UPDATE {table} SET action = 'nothing'", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_an_entry(five: list[AccessLog], change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table=TABLE))

    assert AccessLog.objects.filter(action="reveal").count() == 5


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {table} SET action = 'nothing' WHERE object_key = '2'",
        "UPDATE {table} SET detail = '{{}}' WHERE object_key = '2'",
        "UPDATE {table} SET object_key = '9' WHERE object_key = '2'",
        "DELETE FROM {table} WHERE object_key = '2'",
        "UPDATE {table} SET id = id + 100 WHERE object_key = '2'",
        "INSERT INTO {table} (at, action, object_kind, object_key, detail, previous_hash, hash) "
        "SELECT at, action, object_kind, '9', detail, hash, 'made up' FROM {table} WHERE object_key = '4'",
    ],
)
def test_tampering_is_found(five: list[AccessLog], change: str) -> None:
    tamper(change)

    assert not access_log.verify().sound


def test_a_cut_tail_is_found_by_a_noted_hash(five: list[AccessLog]) -> None:
    tamper("DELETE FROM {table} WHERE object_key = '4'")

    assert access_log.verify().sound
    assert not access_log.verify(head=five[-1].hash).sound


def test_details_come_back_as_they_were_sealed(django_user_model) -> None:
    user = django_user_model.objects.create_user("ada")

    access_log.record(
        actor=user,
        action="export",
        object_kind="audience",
        object_key="x" * 300,
        detail={"rows": 10**20, "share": 1e22, "bad": "a\0b\ud800", "list": [1, None, {"z": True, "a": 2.50}]},
    )

    assert access_log.verify().sound
    assert AccessLog.objects.get().detail["rows"] == 10**20


@pytest.mark.django_db(transaction=True)
def test_an_undone_deed_leaves_no_entry() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note()
        raise ZeroDivisionError
    note(key="2")

    assert access_log.verify().entries == 1
