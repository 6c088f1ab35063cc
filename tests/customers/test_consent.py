"""The newest answer of a purpose and channel counts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from customers import consent
from customers.models import Consent, Customer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)


@pytest.fixture
def customers() -> list[Customer]:
    return [Customer.objects.create(external_id=f"u{n}", first_seen_at=NOON) for n in range(3)]


def test_the_newest_answer_counts(customers: list[Customer]) -> None:
    one, two, three = customers
    consent.grant(customer=one, channel="email", source="form")
    consent.grant(customer=two, channel="email", source="form")
    consent.withdraw(customer=two, channel="email", source="link")
    consent.grant(customer=three, channel="sms", source="form")

    assert consent.reachable(channel="email") == {one.pk}
    assert consent.reachable([two.pk, three.pk], channel="sms") == {three.pk}
    assert consent.reachable(channel="email", purpose="service") == set()


def test_answers_count_by_their_time_not_by_their_arrival(customers: list[Customer]) -> None:
    pk = customers[0].pk
    consent.record([(pk, "email", False, NOON)], source="import")
    consent.record([(pk, "email", True, NOON - timedelta(days=1))], source="import")

    assert consent.reachable(channel="email") == set()


def test_an_answer_is_noted_once(customers: list[Customer]) -> None:
    answer = (customers[0].pk, "email", True, NOON)

    assert consent.record([answer, answer], source="import") == 1
    assert consent.record([answer], source="import") == 0
    assert Consent.objects.count() == 1


def test_an_answer_marks_the_customer_as_changed(customers: list[Customer]) -> None:
    before = customers[0].updated_at

    consent.grant(customer=customers[0], channel="email", source="form")

    customers[0].refresh_from_db()
    assert customers[0].updated_at > before


def test_an_unknown_channel_is_refused(customers: list[Customer]) -> None:
    with pytest.raises(ValidationError):
        consent.grant(customer=customers[0], channel="pigeon", source="form")
