"""Keys are rotated while others read and write, and the old secret is not needed afterwards."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import override_settings

from customers import identities
from customers.errors import CustomersError
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord
from customers.models import KeptKey, PersonalRecord
from customers.privacy import access_log, personal, rotation
from customers.privacy.crypto import decrypt
from tests.campaign import NOW

OLD, NEW, NEWER = "rotation-old-" * 5, "rotation-new-" * 5, "rotation-newer-" * 5
Kind = identities.Kind


def someone(number: int) -> CustomerRecord:
    return CustomerRecord(f"R-{number}", NOW, name=f"张 {number}", email=f"r{number}@example.com")


@pytest.fixture
def old_rows(db: None) -> Iterator[None]:
    with override_settings(IDENTIFIER_KEY=OLD):
        ingest([someone(number) for number in range(700)])
        access_log.record(actor=None, action="reveal", object_kind="customer", object_key="1")
        yield


@pytest.mark.django_db
def test_after_a_rotation_the_old_secret_can_go(old_rows: None) -> None:
    with override_settings(IDENTIFIER_KEY=f"{NEW},{OLD}"):
        access_log.record(actor=None, action="reveal", object_kind="customer", object_key="2")
        assert rotation.waiting() == 700 + len(rotation.LASTING)
        assert rotation.rotate() == 700
        assert rotation.waiting() == rotation.rotate() == 0
    with override_settings(IDENTIFIER_KEY=NEW):
        assert identities.customers_known_as(Kind.EMAIL, "R7@example.com").get().external_id == "R-7"
        assert personal.read(PersonalRecord.objects.get(customer__external_id="R-7"))["name"] == "张 7"
        assert access_log.verify().sound
    with override_settings(IDENTIFIER_KEY=OLD), pytest.raises(CustomersError):
        personal.read(PersonalRecord.objects.earliest("pk"))


@pytest.mark.django_db
def test_a_second_rotation_keeps_the_first_index(old_rows: None) -> None:
    for secrets in (f"{NEW},{OLD}", f"{NEWER},{NEW}"):
        with override_settings(IDENTIFIER_KEY=secrets):
            rotation.rotate()
    with override_settings(IDENTIFIER_KEY=NEWER):
        assert identities.customers_known_as(Kind.EMAIL, "r9@example.com").exists()
        assert access_log.verify().sound
        assert rotation.waiting() == 0


@pytest.mark.django_db
def test_a_row_that_was_swapped_is_refused_also_after_a_rotation(old_rows: None) -> None:
    with override_settings(IDENTIFIER_KEY=f"{NEW},{OLD}"):
        rotation.rotate()
        first, second = PersonalRecord.objects.order_by("pk")[:2]
        with pytest.raises(CustomersError):
            decrypt(first.name, table=PersonalRecord._meta.db_table, column="name", row=second.pk)


@pytest.mark.django_db(transaction=True)
def test_a_rotation_loses_nothing_of_what_is_written_meanwhile(old_rows: None) -> None:
    with override_settings(IDENTIFIER_KEY=f"{NEW},{OLD}"):

        def write(writer: int) -> None:
            for number in range(8):
                ingest([someone(5000 + 100 * writer + number), someone(number)])
            connections.close_all()

        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(2)]
        for writer in writers:
            writer.start()
        rotation.rotate()
        for writer in writers:
            writer.join()
        rotation.rotate()
    with override_settings(IDENTIFIER_KEY=NEW):
        people = [personal.read(record) for record in PersonalRecord.objects.all()]
        assert len(people) == 716
        assert all(identities.customers_known_as(Kind.EMAIL, person["email"]).exists() for person in people)
    assert KeptKey.objects.count() == 2 * len(rotation.LASTING)
