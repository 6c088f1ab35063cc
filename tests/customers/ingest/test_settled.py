"""What a process remembers of who was settled never changes what is stored."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.ingest import settled
from customers.ingest.pipeline import ingest
from customers.ingest.records import AliasRecord, EventRecord
from customers.models import Customer, Event, Identity

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)


def seen(number: int, user: str, at: datetime = NOON, anonymous: str = "") -> EventRecord:
    return EventRecord(f"m{number}", user, "Page Viewed", at, {}, anonymous_id=anonymous)


def test_a_customer_who_was_settled_is_not_looked_up_again():
    ingest([seen(1, "ann", anonymous="tablet")])

    with CaptureQueriesContext(connection) as asked:
        ingest([seen(2, "ann", anonymous="tablet")])

    assert not [query for query in asked.captured_queries if "customers_identity" in query["sql"]]
    assert Event.objects.filter(customer__external_id="ann").count() == 2


def test_an_earlier_event_still_moves_back_when_the_customer_was_first_seen():
    ingest([seen(1, "ann")])

    ingest([seen(2, "ann", NOON - timedelta(days=3))])

    assert Customer.objects.get(external_id="ann").first_seen_at == NOON - timedelta(days=3)


def test_what_was_rolled_back_is_not_remembered():
    with pytest.raises(ZeroDivisionError):
        _ingest_and_fail()

    ingest([seen(1, "ann")])

    assert Event.objects.get().customer.external_id == "ann"
    assert Identity.objects.get(value="ann").own_id == Event.objects.get().customer_id


def test_facts_stay_with_their_own_name_after_an_alias():
    ingest([seen(1, "old"), seen(2, "new")])
    ingest([AliasRecord("old", "new", NOON)])

    ingest([seen(3, "old")])

    assert Event.objects.get(message_id="m3").customer.external_id == "old"
    assert Customer.objects.get(external_id="old").merged_into == Customer.objects.get(external_id="new")


def test_it_forgets_all_when_it_is_full(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settled, "MOST", 2)

    ingest([seen(1, "ann")])
    ingest([seen(2, "bea"), seen(3, "cem")])

    assert len(settled._settled) == 2


def _ingest_and_fail() -> None:
    with transaction.atomic():
        ingest([seen(1, "ann")])
        raise ZeroDivisionError
