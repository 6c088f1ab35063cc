"""The demo's shop: The Complete Journey, a year of a grocer's baskets, moved so that it ends this week."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property, partial
from typing import Any

from django.utils import timezone

from customers import consent, identities
from customers.demo import invented
from customers.demo.tables import Tables
from customers.ingest.chunks import Chunk
from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import CustomerRecord, EventRecord, ProductRecord, Record

LAST_ORDER = datetime(2017, 12, 31, 23, 1, 20)  # noqa: DTZ001 (the shop's wall clock)
# Rows a chunk; an order has about nine lines.
ORDERS_AT_ONCE, ROWS_AT_ONCE = 2000, 2500


def weeks_to_shift(now: datetime) -> int:
    """By how many whole weeks the year moves so that its last order lies within the seven days before `now`."""
    return (timezone.make_naive(now) - LAST_ORDER) // timedelta(weeks=1)


@dataclass
class CompleteJourney:
    """The data set with its dates moved by whole weeks."""

    tables: Tables
    shift_weeks: int

    def chunks(self) -> Iterator[Chunk]:
        """Everything there is to store, in an order that never changes."""
        yield from self._chunks("customers", self._store_customers)
        yield from self._chunks("products", _store_products)
        for rows in self.tables.rows("order_lines", ORDERS_AT_ONCE):
            yield Chunk("order_lines", _lines(rows), partial(self._store_orders, rows))
        yield from self._chunks("campaigns_received", self._store_campaigns)
        yield from self._chunks("coupons_redeemed", self._store_coupons)

    def _chunks(self, step: str, store: Callable[[Sequence[tuple]], Mapping[str, int]]) -> Iterator[Chunk]:
        return (Chunk(step, len(rows), partial(store, rows)) for rows in self.tables.rows(step, ROWS_AT_ONCE))

    def _store_customers(self, rows: Sequence[tuple]) -> Mapping[str, int]:
        first_seen = {household: self._moment(moment) for household, moment, *_ in rows}
        _ingest(_customer(household, first_seen[household], *known) for household, _, *known in rows)
        ids = identities.resolve({_user_id(household): seen for household, seen in first_seen.items()})
        until = self._moment(LAST_ORDER)
        answers = (
            (ids[_user_id(household)], answer.channel.value, answer.granted, answer.at)
            for household, seen in first_seen.items()
            for answer in invented.answers(household, first_seen=seen, until=until)
        )
        consent.record(answers, source="demo", text_version="demo")
        return {"customers": len(rows)}

    def _store_orders(self, rows: Sequence[tuple]) -> Mapping[str, int]:
        _ingest(self._order(*row) for row in rows)
        return {"order_lines": _lines(rows), "orders": len(rows)}

    def _store_campaigns(self, rows: Sequence[tuple]) -> Mapping[str, int]:
        _ingest(self._campaign(*row) for row in rows)
        return {"campaigns_received": len(rows)}

    def _store_coupons(self, rows: Sequence[tuple]) -> Mapping[str, int]:
        _ingest(self._coupon(*row) for row in rows)
        return {"coupons_redeemed": len(rows)}

    def _order(
        self, basket: str, household: int, store: str, moment: datetime, money: dict[str, float], *lines: list[Any]
    ) -> EventRecord:
        products = [
            {"sku": sku, "quantity": quantity, "price": price, "amount": amount, "discount": discount}
            for sku, quantity, price, amount, discount in zip(*lines, strict=True)
        ]
        properties = {"order_id": basket, **money, "store": store, "products": products}
        return self._event(f"cj-order-{basket}", household, "Order Completed", moment, properties)

    def _campaign(self, household: int, campaign: str, campaign_type: str, moment: datetime) -> EventRecord:
        properties = {"campaign_id": campaign, "campaign_type": campaign_type}
        return self._event(f"cj-campaign-{campaign}-{household}", household, "Campaign Received", moment, properties)

    def _coupon(self, household: int, coupon: str, campaign: str, moment: datetime) -> EventRecord:
        message_id = f"cj-coupon-{household}-{campaign}-{coupon}-{moment:%Y%m%d}"
        properties = {"coupon_upc": coupon, "campaign_id": campaign}
        return self._event(message_id, household, "Coupon Redeemed", moment, properties)

    def _event(self, message_id: str, household: int, name: str, moment: datetime, properties: dict) -> EventRecord:
        return EventRecord(message_id, _user_id(household), name, self._moment(moment), properties)

    def _moment(self, moment: datetime) -> datetime:
        """The shop's wall clock, moved, in our time zone, so that hours and weekdays stay what they were."""
        return (moment + self._shift).replace(tzinfo=self._zone)

    @cached_property
    def _shift(self) -> timedelta:
        return timedelta(weeks=self.shift_weeks)

    @cached_property
    def _zone(self) -> tzinfo:
        return timezone.get_default_timezone()


def _ingest(records: Iterator[Record]) -> None:
    if refused := ingest(records).refused:
        raise ValueError(f"{len(refused)} of the demo's records were refused, first {refused[0]}")


def _lines(orders: Sequence[tuple]) -> int:
    return sum(len(order[-1]) for order in orders)


def _user_id(household: int) -> str:
    return f"CJ{household:04d}"


def _customer(household: int, first_seen: datetime, demographics: dict[str, str | None]) -> CustomerRecord:
    person = invented.person(household)
    return CustomerRecord(
        _user_id(household),
        first_seen,
        traits=_traits(demographics),
        name=person.name,
        email=person.email,
        phone=person.phone,
        address=person.address,
        synthetic=True,
    )


def _traits(known: dict[str, str | None]) -> dict[str, object]:
    """Bands as they are, and as numbers to compare: "35-49K" is also 35,000, "5+" is 5, "Under 15K" is 0."""
    traits = {
        "age_band": known["age"],
        "age_from": _number(known["age"]),
        "income_band": known["income"],
        "income_from": _number(known["income"], times=1000),
        "home_ownership": known["home_ownership"],
        "marital_status": known["marital_status"],
        "household_size": _number(known["household_size"]),
        "household_composition": known["household_comp"],
        "kids_count": _number(known["kids_count"]),
    }
    return {name: value for name, value in traits.items() if value is not None}


def _number(band: str | None, times: int = 1) -> int | None:
    if band is None:
        return None
    start = re.match(r"\d+", band)
    return int(start[0]) * times if start else 0


def _store_products(rows: Sequence[tuple]) -> Mapping[str, int]:
    store_products([_product(*row) for row in rows])
    return {"products": len(rows)}


def _product(sku: str, path: list[str], brand: str, manufacturer: int, size: str | None) -> ProductRecord:
    attributes: dict[str, object] = {"manufacturer_id": str(manufacturer)}
    if size:
        attributes["package_size"] = size
    return ProductRecord(sku, " ".join([path[-1], *filter(None, [size])]), path, brand, attributes)
