"""Two customers and what they did, as the pages' tests need them."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User

from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import Customer
from segtag_site.roles import assign_role, ensure_roles

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def open_shop(orders: int = 2) -> Customer:
    """Ann, who placed these orders, one a day; and Bo, of whom nothing is known. Returns Ann."""
    report = ingest(
        [
            CustomerRecord(
                "C-1",
                NOON,
                traits={"age": 33, "city": "Leeds"},
                name="Ann Example",
                email="ann@example.com",
                phone="+8613812345678",
                address="1 High Street, Leeds",
                synthetic=True,
            ),
            CustomerRecord("C-2", NOON),
            *(order(number) for number in range(orders)),
        ]
    )
    assert report.refused == []
    return Customer.objects.get(external_id="C-1")


def order(number: int) -> EventRecord:
    """An order of 10 + its number, of one line."""
    line = {"sku": "S-1", "name": "Tea", "quantity": 2, "price": 5 + number / 2, "amount": 10.0 + number}
    properties = {"order_id": f"O-{number}", "total": 10.0 + number, "products": [line]}
    return EventRecord(f"order-{number}", "C-1", "Order Completed", NOON - timedelta(days=number), properties)


def user_of(role: str) -> User:
    """A user with this role."""
    ensure_roles()
    user = User.objects.create_user(role)
    assign_role(user=user, key=role)
    return user
