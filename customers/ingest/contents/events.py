"""Events: one row per thing that a customer did."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from customers.ingest.contents.base import CUSTOMER_HEADERS, Contents, Layout, Reader, SetAside, in_words
from customers.ingest.pipeline import ingest
from customers.ingest.records import EventRecord
from customers.ingest.validate import JUNK_IDS, LONGEST_KEY


class Events(Contents):
    """Without a column of event numbers, two rows that say the same in all that is read are one event."""

    name = _("Events")
    rows = _("one row per thing that a customer did")
    icon = "activity"
    fields = {
        "customer_id": _("Customer number"),
        "event": _("Event"),
        "time": _("Time"),
        "event_id": _("Event number"),
    }
    required = ("customer_id", "event", "time")
    headers = {
        "customer_id": CUSTOMER_HEADERS,
        "event": "event event_name event_type action 事件 事件名 事件名称 行为 行为类型",
        "time": "event_time timestamp occurred_at datetime time created_at date 时间 事件时间 发生时间 行为时间 日期",
        "event_id": "event_id message_id id 事件编号 事件id 消息id",
    }
    titles = (_("Customer"), _("Event"), _("Time"), _("Properties"))
    others = _("Properties")
    hint = _("Without an event number, rows that say the same are one event.")

    def reader(self, layout: Layout) -> Reader:
        return _Reader(layout)


@dataclass(frozen=True, slots=True)
class _Event:
    number: int
    record: EventRecord


class _Reader(Reader):
    def read(self, row: Sequence[Any]) -> _Event | SetAside:
        number, problem = row[-2], row[-1]
        if problem:
            return SetAside(number, "invalid", problem)
        customer, event, time = self.text(row, "customer_id"), self.text(row, "event"), self.time(row)
        if customer.lower() in JUNK_IDS:
            return SetAside(number, "without_customer", "no_customer")
        if not event:
            return SetAside(number, "invalid", "no_event")
        if max(len(customer), len(event)) > LONGEST_KEY:
            return SetAside(number, "invalid", "number_too_long")
        if isinstance(time, str):
            return SetAside(number, "invalid", time)
        properties = self.kept_values(row)
        told = self.text(row, "event_id")
        said = msgspec.json.encode([customer, event, time, properties], order="sorted")
        message = f"file:{told}" if told else f"file:{sha256(said).hexdigest()}"
        return _Event(number, EventRecord(message, customer, event, time, properties))

    def store(self, rows: Sequence[_Event]) -> tuple[Counter[str], list[SetAside]]:
        numbers = {id(row.record): row.number for row in rows}
        report = ingest(row.record for row in rows)
        aside = [SetAside(numbers[id(one.record)], "invalid", one.code) for one in report.refused]
        return Counter(events=report.stored, duplicates=len(report.duplicates)), aside

    def cells(self, read: _Event) -> tuple[object, ...]:
        properties = in_words(read.record.properties)
        return read.record.user_id, read.record.name, read.record.time, properties
