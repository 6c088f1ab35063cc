"""A small shop with customers of every kind, in the database and in the lake, on the evening of 17 March 2026."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import CustomerRecord, EventRecord, ProductRecord, Record
from customers.models import Customer
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import request_run

AS_OF = datetime(2026, 3, 17, 21, tzinfo=ZoneInfo("Asia/Shanghai"))
CATEGORIES = ("bread", "dairy", "fruit", "meat", "flowers")
CROWD = 60

# Name → days before 17 March on which there was an order.
DAYS = {
    "ann": range(1, 200, 3),  # loyal
    "bob": (8, 15),  # new, and due again
    "cat": (40,),  # one order, no second
    "dan": range(35, 180, 14),  # came often, then stopped
    "eve": (150, 200, 250, 280, 300),  # gone
    "fay": (),  # never bought
    "gus": range(4, 80, 7),  # uses coupons
    "hal": range(3, 80, 7),  # Saturdays
    "ivy": (8, 25, 45),  # few large orders
}


def open_shop() -> None:
    """Fills the database and the lake, and computes the features."""
    store_products(
        [ProductRecord(f"{c}-1", c, [c, f"{c}, fresh"], "own" if c == "bread" else "other") for c in CATEGORIES]
    )
    assert not ingest([*_people(), *_orders(), *_crowd(), *_campaigns()]).refused
    sync()
    assert computed("profiles.compute").state == Run.State.SUCCEEDED


def computed(kind: str, subject: str = "", **params: object) -> Run:
    """The run as it ended, executed here."""
    request = request_run(kind=kind, subject=subject, as_of=AS_OF, params=params)
    run = execute(request.pk)
    assert run is not None
    return run


def named(ids: Iterable[int]) -> set[str]:
    """The customers' names, without the crowd."""
    names = Customer.objects.filter(pk__in=list(ids)).values_list("external_id", flat=True)
    return {name for name in names if not name.startswith("crowd")}


def customer(name: str) -> int:
    return Customer.objects.get(external_id=name).pk


def _people() -> Iterator[Record]:
    ages = {"ann": 30, "bob": 22, "cat": 67, "dan": 40, "eve": 50, "fay": 60}
    for name in DAYS:
        traits = {"age": ages[name], "kids_count": 1} if name in ages else {}
        yield CustomerRecord(name, AS_OF - timedelta(days=400), traits)


def _orders() -> Iterator[Record]:
    for name, days in DAYS.items():
        for number, day in enumerate(days):
            yield _order(
                f"{name}-{number}",
                name,
                AS_OF - timedelta(days=day, hours=3),
                total=600.0 if name == "ivy" else 40.0,
                coupon=8.0 if name == "gus" else 0.0,
                bought={"flowers": 4, "bread": 2} if name == "ann" else {"bread": 6},
            )


def _crowd() -> Iterator[Record]:
    """Customers without a story: half come weekly and spend little, half come seldom and spend much."""
    chance = np.random.default_rng(0)
    for number in range(CROWD):
        often = number % 2 == 0
        orders = int(chance.integers(20, 30) if often else chance.integers(3, 6))
        for n in range(orders):
            day = int(chance.integers(1, 60 if often else 300))
            spent = float(round(chance.lognormal(3 if often else 5, 0.2), 2))
            bought = {str(category): int(chance.integers(1, 4)) for category in chance.choice(CATEGORIES, 2)}
            when = AS_OF - timedelta(days=day, hours=int(chance.integers(0, 12)))
            discount = spent / 5 if often else 0.0
            yield _order(f"crowd-{number}-{n}", f"crowd-{number}", when, spent, bought=bought, discount=discount)


def _campaigns() -> Iterator[Record]:
    for name in ("ann", "fay", "gus"):
        when = AS_OF - timedelta(days=30)
        yield EventRecord(f"mail-{name}", name, "Campaign Received", when, {"campaign_id": "spring"})
    redeemed = AS_OF - timedelta(days=20)
    yield EventRecord("coupon-gus", "gus", "Coupon Redeemed", redeemed, {"campaign_id": "spring", "coupon_upc": "1"})


def _order(
    message: str,
    name: str,
    when: datetime,
    total: float,
    *,
    bought: dict[str, int],
    discount: float = 0.0,
    coupon: float = 0.0,
) -> EventRecord:
    lines = [category for category, count in bought.items() for _ in range(count)]
    each = round(total / len(lines), 2)
    return EventRecord(
        message,
        name,
        "Order Completed",
        when,
        {
            "order_id": message,
            "total": total,
            "discount": discount,
            "coupon_discount": coupon,
            "store": "main",
            "products": [{"sku": f"{c}-1", "quantity": 1, "price": each, "amount": each} for c in lines],
        },
    )
