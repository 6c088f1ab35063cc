"""A small shop for audiences, exports and the API: customers with traits, orders, names and consents, in the lake."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from customers import consent
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import Customer
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.models import Run

NOW = datetime(2026, 3, 17, 1, 0, tzinfo=UTC)
CITIES = ("上海", "杭州", "=CMD()", "-5")
REFUND = EventRecord("refund-1", "C-001", "Order Refunded", NOW - timedelta(days=1), {"store": "S2"})
ALL = {"version": 1, "rule": {"not": {"trait": "city", "op": "is", "value": "nowhere"}}}


def rule(condition: dict) -> dict:
    return {"version": 1, "rule": condition}


def from_city(city: str) -> dict:
    return rule({"trait": "city", "op": "is", "value": city})


@contextmanager
def shared_shop(folder: Path, blocker: DjangoDbBlocker) -> Iterator[list[Customer]]:
    """A shop for all tests of a module: what a test changes is undone after it, and the shop at the end."""
    folders = {"LAKE_DIR": folder / "lake", "EXPORT_DIR": folder / "exports"}
    with blocker.unblock(), override_settings(**folders), transaction.atomic():
        yield open_shop()
        transaction.set_rollback(True)


def open_shop(customers: int = 40) -> list[Customer]:
    """Customers C-000, C-001 …: the first three quarters allow e-mail, every fifth withdrew it again."""
    ingest([_customer(n) for n in range(customers)], received_at=NOW)
    ingest([*(_order(n) for n in range(customers)), REFUND], received_at=NOW)
    found = list(Customer.objects.order_by("external_id"))
    consent.record(
        [(c.pk, "email", True, NOW - timedelta(days=9)) for c in found[: customers * 3 // 4]], source="sign-up"
    )
    consent.record([(c.pk, "email", False, NOW - timedelta(days=2)) for c in found[::5]], source="unsubscribed")
    sync()
    return found


def run(run: Run) -> Run:
    """Executes the run in this process, as a worker would."""
    execute(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.SUCCEEDED, f"{run.error_code}: {run.error}"
    return run


def _customer(n: int) -> CustomerRecord:
    return CustomerRecord(
        user_id=f"C-{n:03}",
        time=NOW - timedelta(days=100 - n % 50),
        traits={"city": CITIES[n % len(CITIES)], "points": n * 10, "vip": n % 7 == 0},
        name=f"张三{n}",
        email=f"zhang{n}@example.com",
        phone=f"+86138001{n:05}",
        address=f"南京路{n}号",
        synthetic=True,
    )


def _order(n: int) -> EventRecord:
    return EventRecord(
        message_id=f"order-{n}",
        user_id=f"C-{n:03}",
        name="Order Completed",
        time=NOW - timedelta(days=n % 30, hours=1),
        properties={
            "order_id": str(n),
            "total": 10.0 * (n + 1),
            "discount": 0,
            "coupon_discount": 0,
            "store": "S1",
            "products": [{"sku": f"P{n % 3}", "quantity": 1, "price": 10.0, "amount": 10.0, "discount": 0}],
        },
    )
