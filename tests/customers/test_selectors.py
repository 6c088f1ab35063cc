"""What pages read about customers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from customers import selectors
from customers.errors import CustomersError
from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import CustomerRecord, EventRecord, ProductRecord
from customers.models import Customer, Property, Trait

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)


def order(number: int, user_id: str = "u1", minutes: int | None = None, **item: object) -> EventRecord:
    time = NOON + timedelta(minutes=number if minutes is None else minutes)
    products = [{"sku": "s1", "quantity": "2", "amount": 3.5, **item}]
    return EventRecord(f"m{number}", user_id, "Order Completed", time, {"order_id": str(number), "products": products})


@pytest.fixture
def ada() -> Customer:
    known = CustomerRecord(
        "u1", NOON, {"age_band": "25-34"}, name="Ada L", email="ada@example.com", phone="13800138000"
    )
    ingest([known, CustomerRecord("U12", NOON), CustomerRecord("x3", NOON)])
    return Customer.objects.get(external_id="u1")


def found(query: str = "", **options: object) -> list[str]:
    return [customer.external_id for customer in selectors.customer_page(query, **options)]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("", ["u1", "U12", "x3"]),
        ("u1", ["u1", "U12"]),
        (" ADA@example.com ", ["u1"]),
        ("+86 138 0013 8000", ["u1"]),
        ("ada", []),
        ("1380013800", []),
    ],
)
def test_customers_are_found_by_number_or_whole_contact(ada: Customer, query: str, who: list[str]) -> None:
    assert found(query) == who


def test_a_page_may_be_of_a_set(ada: Customer) -> None:
    ids = {ada.pk, Customer.objects.get(external_id="x3").pk}

    assert found(ids=ids) == ["u1", "x3"]
    assert found("u1", ids=ids) == ["u1"]
    assert selectors.customer_page(ids=ids, size=1).paginator.count == 2
    assert found(ids=ids, size=1, number=2) == ["x3"]


def test_a_customer_is_masked_unless_asked_otherwise(ada: Customer) -> None:
    masked = selectors.personal_view(ada, unmasked=False)
    clear = selectors.personal_view(ada, unmasked=True)

    assert (masked.name, masked.email, masked.phone) == ("A*** L***", "a***@example.com", "138****8000")
    assert (clear.name, clear.email, clear.phone) == ("Ada L", "ada@example.com", "13800138000")
    assert selectors.personal_view(Customer(), unmasked=True).name == ""


def test_the_timeline_goes_back_in_parts_that_neither_skip_nor_repeat(ada: Customer) -> None:
    ingest([order(number, minutes=number // 3) for number in range(10)])

    seen, before = [], None
    while True:
        part = selectors.timeline(ada, before=before, limit=4)
        seen += [event.properties["order_id"] for event in part.events]
        before = part.older
        if before is None:
            break

    assert seen == [str(number) for number in reversed(range(10))]


def test_a_broken_timeline_link_is_a_clear_error(ada: Customer) -> None:
    with pytest.raises(CustomersError):
        selectors.timeline(ada, before="yesterday")


def test_lines_know_their_products(ada: Customer) -> None:
    store_products([ProductRecord("s1", "Apple", ["Food", "Fruit"], "Farm")])
    ingest([order(1), order(2, brand="Own")])

    newest, older = selectors.order_lines(ada)

    assert (newest.brand, newest.name, newest.category_path, newest.quantity) == (
        "Own",
        "Apple",
        ["Food", "Fruit"],
        2.0,
    )
    assert (older.brand, older.order_id, older.amount) == ("Farm", "1", 3.5)


@pytest.mark.parametrize(("language", "label"), [("zh-hans", "完成订单"), ("en", "Order completed")])
def test_labels_are_in_the_readers_language(ada: Customer, language: str, label: str) -> None:
    ingest([order(1)])

    with translation.override(language):
        assert selectors.timeline(ada).events[0].label == label
        assert selectors.traits_of(ada)[0].label in {"年龄段", "Age band"}


def test_a_personal_trait_is_masked(ada: Customer) -> None:
    shown = selectors.traits_of(ada)[0]
    Trait.objects.filter(name=shown.name).update(field_class="personal")

    assert selectors.traits_of(ada)[0].value != shown.value


def test_a_personal_property_is_masked_in_the_timeline(ada: Customer) -> None:
    ingest([order(1)])
    Property.objects.filter(name="order_id").update(field_class="personal")

    [event] = selectors.timeline(ada).events

    assert event.properties.keys() == {"order_id"}
    assert event.properties["order_id"] != "1"


def test_the_summary_counts_facts(ada: Customer) -> None:
    ingest([order(1), order(2)])

    summary = selectors.facts_summary()

    assert (summary.customers, summary.events, summary.products) == (3, 2, 0)
    assert summary.last_event_at == NOON + timedelta(minutes=2)
