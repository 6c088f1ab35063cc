"""Operators may change a type; what does not fit the new one is counted anew."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from customers.catalogue import change_type
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import Property, Trait

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)


def order(number: int, total: object, quantity: object = 1, name: str = "Order Completed") -> EventRecord:
    properties = {"total": total, "products": [{"quantity": quantity}, {"quantity": 1}]}
    return EventRecord(f"m{number}", "u1", name, NOON, properties)


def test_values_are_counted_anew_in_a_new_column() -> None:
    ingest([order(1, "12"), order(2, "many"), order(3, None), order(4, 5)])
    total = Property.objects.get(name="total")
    assert (total.type, total.misfits) == ("text", 0)

    change_type(field=total, type="number")

    assert (total.type, total.column, total.misfits) == ("number", "p_total_2", 1)
    ingest([order(5, "more")])
    assert Property.objects.get(name="total").misfits == 2


def test_items_are_counted_one_by_one() -> None:
    ingest([order(1, 1, "a"), order(2, 1, "2"), order(3, 1, "b", name="Order Refunded")])
    quantity = Property.objects.get(event_type__name="Order Completed", name="quantity")

    change_type(field=quantity, type="number")

    assert quantity.misfits == 1


def test_a_field_joins_the_column_of_its_namesakes_of_the_new_type() -> None:
    ingest([order(1, 1), order(2, "x", name="Order Refunded")])
    number = Property.objects.get(event_type__name="Order Completed", name="total")
    text = Property.objects.get(event_type__name="Order Refunded", name="total")
    assert number.column != text.column

    change_type(field=text, type="number")

    assert (text.column, text.misfits) == (number.column, 1)


def test_traits_change_too() -> None:
    ingest([CustomerRecord("u1", NOON, {"age": "30"}), CustomerRecord("u2", NOON, {"age": "old"})])
    age = Trait.objects.get()

    change_type(field=age, type="number")

    assert (age.column, age.misfits) == ("t_age_2", 1)


def test_an_unknown_type_is_refused() -> None:
    ingest([order(1, 1)])
    with pytest.raises(ValidationError):
        change_type(field=Property.objects.get(name="total"), type="colour")
