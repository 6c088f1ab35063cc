"""A shop that lives from day to day, over the end of a month.

Customers come, look, buy, change, and turn out to be one; views arrive late.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from customers import merging
from customers.ingest.pipeline import ingest
from customers.ingest.products import store_products
from customers.ingest.records import CustomerRecord, EventRecord, ProductRecord, Record
from customers.models import Customer
from segmentation.rules.references import named_in
from segmentation.segments import services as segments
from segmentation.tags import services as tags

OPENED = datetime(2026, 1, 27, 22, tzinfo=ZoneInfo("Asia/Shanghai"))
CATEGORIES = ("bread", "dairy", "fruit")
Defined = tuple[str, str]  # kind of run, key


def day(number: int) -> datetime:
    """The base date of a day: its evening."""
    return OPENED + timedelta(days=number)


class Shop:
    """Facts day by day, by chance of a seed. `size` customers to begin with, a fiftieth as many new ones each day."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self.chance = np.random.default_rng(seed)
        self.names: list[str] = []
        self.visitors: list[str] = []
        self.size = size
        store_products([ProductRecord(c, c, [c], "own") for c in CATEGORIES])

    def live(self, number: int) -> None:
        """What happens on a day, and what is told late of the two days before. Orders and traits arrive in time, and
        only visitors who bought nothing are merged: so that the levels of the past stay as they were."""
        new = self.size if number == 0 else max(1, self.size // 50)
        self.names += [f"c{len(self.names) + n}" for n in range(new)]
        self.visitors.append(f"visitor-{number}")
        report = ingest([*self._people(number, new), *self._events(number)])
        assert not report.refused
        if number % 5 == 4:
            visitor, into = self.visitors[-3], self.names[int(self.chance.integers(len(self.names)))]
            by_name = Customer.objects.in_bulk([visitor, into], field_name="external_id")
            merging.merge(customer=by_name[visitor], into=by_name[into], by=None)

    def _people(self, number: int, new: int) -> Iterator[Record]:
        for name in self.names[-new:]:
            yield CustomerRecord(name, day(number) - timedelta(hours=10), {"age": int(self.chance.integers(18, 80))})
        for name in self.chance.choice(self.names, max(1, len(self.names) // 40)):
            age = int(self.chance.integers(18, 80))
            yield CustomerRecord(str(name), day(number) - timedelta(hours=5), {"age": age})

    def _events(self, number: int) -> Iterator[Record]:
        for place, name in enumerate(self.chance.choice(self.names, len(self.names) // 5)):
            total = float(round(self.chance.lognormal(3, 1), 2))
            items = [{"sku": str(self.chance.choice(CATEGORIES)), "quantity": 1, "price": total, "amount": total}]
            order = {"order_id": f"o{number}-{place}", "total": total, "products": items}
            yield self._event(f"o{number}-{place}", str(name), "Order Completed", self._time(number), order)
        for place, name in enumerate(self.chance.choice([*self.names, *self.visitors], len(self.names) // 4)):
            late = number - int(self.chance.integers(0, min(3, number + 1)))
            yield self._event(f"v{number}-{place}", str(name), "Product Viewed", self._time(late), {"sku": "bread"})
        visitor = f"first-{number}"
        yield self._event(visitor, self.visitors[-1], "Product Viewed", self._time(number), {"sku": "dairy"})

    def _time(self, number: int) -> datetime:
        return day(number) - timedelta(minutes=int(self.chance.integers(1, 24 * 60)))

    def _event(self, message: str, name: str, event: str, time: datetime, properties: dict) -> EventRecord:
        return EventRecord(message, name, event, time, properties)


def rule(leaf: dict, **more: object) -> dict:
    return {"version": 1, "rule": leaf, **more}


def happened(event: str, window: dict, op: str = "at_least", value: float = 1, measure: dict | None = None) -> dict:
    return {"event": event, "measure": measure or {"count": True}, "op": op, "value": value, "window": window}


BREAD = {
    "items_of": "Order Completed",
    "where": {"property": "category", "op": "is", "value": "bread"},
    "measure": {"sum": "quantity"},
    "op": "at_least",
    "value": 2,
    "window": {"past_days": 20},
}


def define() -> list[Defined]:
    """Tags and segments of many shapes, in the order in which they are computed."""
    category = tags.create_category(key="all", name_zh="全", name_en="All")
    week, ever = {"past_days": 7}, {"all_time": True}
    named = [{"key": key, "zh": key, "en": key} for key in ("low", "middle", "high")]
    recent = rule(happened("Order Completed", week))
    values = [
        {"key": "weekly", "zh": "周", "en": "Weekly", "rule": recent},
        {"key": "once", "zh": "曾", "en": "Once", "rule": rule(happened("Order Completed", ever))},
    ]
    levels = [{**name, "at_least": bound} for name, bound in zip(named, (30, 120, 400), strict=True)]
    never = {"key": "never", "zh": "无", "en": "Never"}
    definitions = {
        "buying": ("rule", {"values": values, "otherwise": never}, {}),
        "kept": ("rule", {"values": values[:1]}, {"when_empty": "keep"}),
        "spending": ("statistic", {"feature": "monetary", "by": "quantiles", "cuts": [0.5, 0.8], "names": named}, {}),
        "level": ("lifecycle", {"feature": "monetary", "levels": levels, "cycle": "month"}, {}),
    }
    for key, (kind, definition, more) in definitions.items():
        made = tags.create_tag(
            key=key, category=category, kind=kind, definition=definition, name_zh=key, name_en=key, **more
        )
        tags.publish_tag(tag=made, by=None)
    weekly = {"tag": "buying", "op": "is", "value": "weekly"}
    viewed = happened("Product Viewed", {"recent_days": 3})
    spent = happened("Order Completed", {"past_days": 14}, "more_than", 60, {"sum": "total"})
    rules = {
        "quiet": rule({"not": happened("Order Completed", {"past_days": 10})}),
        "looking": rule({"all": [viewed, {"not": happened("Order Completed", {"recent_days": 3})}]}),
        "spenders": rule({"any": [spent, {"feature": "frequency", "op": "at_least", "value": 6}]}),
        "young": rule({"trait": "age", "op": "less_than", "value": 30}),
        "young-weekly": rule({"all": [{"segment": "young"}, weekly]}),
        "bread": rule(BREAD),
    }
    for key, document in rules.items():
        segments.create_segment(key=key, rule=document, name_zh=key, name_en=key)
    assert named_in(rules["young-weekly"]) == {("segment", "young"), ("tag", "buying")}
    return [("tags.compute", key) for key in definitions] + [("segments.compute", key) for key in rules]
