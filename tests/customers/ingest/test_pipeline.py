"""Facts are stored once, by the right customer, and what they hold is learnt."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from customers.ingest.pipeline import ingest
from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord
from customers.models import Customer, Event, EventType, Identity, PersonalRecord, Property, Trait
from customers.privacy import personal

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)


def order(message_id: str = "m1", user_id: str = "u1", time: datetime = NOON, **properties: object) -> EventRecord:
    return EventRecord(message_id, user_id, "Order Completed", time, properties or {"total": 5})


def person(user_id: str = "u1", time: datetime = NOON, **known: object) -> CustomerRecord:
    return CustomerRecord(user_id, time, **known)


def test_an_event_is_stored_as_it_came() -> None:
    report = ingest([order(total=12.5, products=[{"sku": "007", "quantity": 2}])])

    event = Event.objects.get()
    assert (report.stored, report.duplicates, report.refused) == (1, [], [])
    assert (event.customer.external_id, event.name, event.time) == ("u1", "Order Completed", NOON)
    assert event.properties == {"total": 12.5, "products": [{"sku": "007", "quantity": 2}]}


def test_the_same_message_changes_nothing() -> None:
    ingest([order(total=1)])

    report = ingest([order(total=2), order("m2"), order("m2", total=9)])

    assert (report.stored, report.duplicates) == (1, ["m1", "m2"])
    assert [event.properties["total"] for event in Event.objects.order_by("id")] == [1, 5]


def test_a_duplicate_does_not_count_its_misfits_again() -> None:
    ingest([order("m1", total=1)])
    for _ in range(2):
        ingest([order("m2", total="a lot")])

    assert Property.objects.get(name="total").misfits == 1


def test_one_bad_record_harms_no_other() -> None:
    deep: dict = {}
    for _ in range(5000):
        deep = {"in": deep}
    bad = [
        order("b1", user_id=""),
        order("b2", user_id="undefined"),
        order("b3", time=datetime(2026, 3, 17)),
        order("b4", products="apples"),
        order("b5", **deep),
        order("b6", text="x" * 1_000_001),
        EventRecord("b7", "u1", "", NOON, {}),
    ]

    report = ingest([*bad, order("good")])

    assert [refusal.code for refusal in report.refused] == [
        "no_customer",
        "no_customer",
        "time_without_zone",
        "products_not_a_list_of_objects",
        "too_deep",
        "too_large",
        "event_name",
    ]
    assert list(Event.objects.values_list("message_id", flat=True)) == ["good"]


def test_text_that_a_database_would_refuse_is_repaired() -> None:
    ingest([order("m1\0", note="a\0b", products=[{"sku": "\0"}]), order("m2", **{"n\ud800": "\udfff"})])

    first, second = Event.objects.order_by("id")
    assert len(first.message_id) == 64
    assert first.properties == {"note": "a\ufffdb", "products": [{"sku": "\ufffd"}]}
    assert second.properties == {"n?": "?"}


def test_customers_are_first_seen_at_their_earliest_event() -> None:
    ingest([order("m1", time=NOON), order("m2", time=NOON - timedelta(days=1))])
    ingest([order("m3", time=NOON + timedelta(days=1)), order("m4", time=NOON - timedelta(days=9))])

    assert Customer.objects.get().first_seen_at == NOON - timedelta(days=9)


def test_events_of_a_merged_customer_stay_its_own_and_count_for_the_one_that_stays() -> None:
    ingest([order("m1", "old"), order("m2", "new"), AliasRecord("old", "new", NOON)])

    ingest([order("m3", "old")])

    assert Event.objects.get(message_id="m3").customer.external_id == "old"
    assert Event.objects.get(message_id="m3").customer.merged_into.external_id == "new"


def test_names_properties_and_traits_are_learnt_with_their_types() -> None:
    ingest([order(total=1, paid=True, products=[{"sku": "1", "quantity": 2}]), person(traits={"Age": 30})])

    assert EventType.objects.get().name == "Order Completed"
    assert set(Property.objects.values_list("scope", "name", "type", "column")) == {
        ("event", "total", "number", "p_total"),
        ("event", "paid", "boolean", "p_paid"),
        ("item", "sku", "text", "p_sku"),
        ("item", "quantity", "number", "p_quantity"),
    }
    assert Trait.objects.values_list("name", "type", "column").get() == ("Age", "number", "t_age")


def test_equal_properties_of_two_events_share_a_column_others_do_not() -> None:
    ingest([order("m1", total=1, Total=1), EventRecord("m2", "u1", "Order Refunded", NOON, {"total": 1, "Total": "x"})])

    found = {(p.event_type.name, p.name): p.column for p in Property.objects.select_related("event_type")}
    assert found["Order Completed", "total"] == found["Order Refunded", "total"]
    assert len(set(found.values())) == 3


@pytest.mark.parametrize("value", ["a lot", 10**400, ["x"], {"x": 1}, True])
def test_values_that_do_not_fit_are_kept_and_counted(value: object) -> None:
    ingest([order("m1", total=1)])

    ingest([order("m2", total=value), order("m3", total=None), order("m4", total="5")])

    assert Event.objects.get(message_id="m2").properties == {"total": value}
    assert Property.objects.get().misfits == 1


def test_traits_are_merged_and_none_forgets() -> None:
    ingest([person(traits={"city": "上海", "age": 30})])
    before = Customer.objects.get().updated_at

    ingest([person(traits={"age": 31, "vip": True}), person(traits={"city": None})])

    customer = Customer.objects.get()
    assert customer.traits == {"age": 31, "vip": True}
    assert customer.updated_at > before


def test_traits_that_do_not_change_leave_the_customer_untouched() -> None:
    ingest([person(traits={"age": 30})])
    before = Customer.objects.get().updated_at

    ingest([person(traits={"age": 30})])

    assert Customer.objects.get().updated_at == before


def test_identifiers_are_stored_encrypted_and_found_by_hash() -> None:
    ingest([person(name="张三", email="San@Example.COM", phone="138 0013 8000", address="上海市", synthetic=True)])

    record = PersonalRecord.objects.get()
    stored = f"{record.name}{record.email}{record.phone}{record.address}{list(Identity.objects.values_list('value'))}"
    assert record.synthetic
    assert "张三" not in stored
    assert "example.com" not in stored.lower()
    assert "13800138000" not in stored
    assert set(Identity.objects.values_list("kind", flat=True)) == {"user_id", "email", "phone"}


def test_what_a_later_record_does_not_say_stays() -> None:
    ingest([person(name="张三"), person(email="a@example.com")])
    ingest([person(name="李四")])

    assert personal.read(PersonalRecord.objects.get()) == {
        "name": "李四",
        "email": "a@example.com",
        "phone": "",
        "address": "",
    }


def test_an_email_stays_with_its_first_owner() -> None:
    ingest([person("u1", email="a@example.com"), person("u2", email="A@EXAMPLE.com")])

    assert Identity.objects.get(kind="email").customer.external_id == "u1"


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_store_everything_once() -> None:
    """Four of them send the same events in different orders: new customers, new fields and misfits among them."""
    sent = [order(f"m{n}", f"u{n % 7}", **{"total": "odd" if n % 10 else n, f"p{n % 5}": n}) for n in range(200)]

    def write(seed: int) -> int:
        try:
            mixed = random.Random(seed).sample(sent, len(sent))
            return sum(ingest(mixed[start : start + 20]).stored for start in range(0, len(mixed), 20))
        finally:
            connection.close()

    ingest([order("first", total=1)])
    with ThreadPoolExecutor(4) as writers:
        stored = sum(writers.map(write, range(4)))

    assert stored == Event.objects.exclude(message_id="first").count() == 200
    assert Customer.objects.count() == Identity.objects.count() == 7
    assert Property.objects.get(name="total").misfits == 180
    columns = list(Property.objects.values_list("column", flat=True))
    assert sorted(columns) == ["p_p0", "p_p1", "p_p2", "p_p3", "p_p4", "p_total"]
