"""Consents: one row per answer of a customer to whether a channel may be used for marketing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import consent
from customers.ingest.cells import answer
from customers.ingest.contents.base import CUSTOMER_HEADERS, Contents, Layout, Reader, SetAside
from customers.ingest.validate import JUNK_IDS
from customers.models import Channel, Customer

SOURCE = "file"
_CALLED = {
    Channel.EMAIL: "email e-mail mail 邮件 邮箱 电子邮件",
    Channel.SMS: "sms text 短信",
    Channel.PUSH: "push app 推送",
    Channel.POST: "post letter 邮寄 信件",
}
_PROFILING = "profiling personalisation personalization 画像 个性化 个性化推荐 自动化决策"
# No channel: an answer about profiling.
_CHANNELS = {word: channel.value for channel, words in _CALLED.items() for word in words.split()} | dict.fromkeys(
    _PROFILING.split(), ""
)


class Consents(Contents):
    """Of customers who are there already. An answer that repeats the newest one is a duplicate."""

    name = _("Consents")
    rows = _("one row per customer and channel")
    icon = "shield-check"
    fields = {
        "customer_id": _("Customer number"),
        "channel": _("Channel"),
        "granted": _("Allowed (yes or no)"),
        "time": _("Time of the answer"),
        "text_version": _("Version of the text"),
    }
    required = ("customer_id", "channel", "granted")
    headers = {
        "customer_id": CUSTOMER_HEADERS,
        "channel": "channel medium 渠道 触达渠道 通道",
        "granted": "granted consent allowed subscribed opt_in status answer 是否同意 同意 订阅 是否订阅 授权",
        "time": "time at consented_at updated_at date timestamp 时间 同意时间 授权时间 日期",
        "text_version": "text_version version 文本版本 协议版本 版本",
    }
    titles = (_("Customer"), _("Channel"), _("Allowed"), _("Time"))
    hint = _(
        "Channels: e-mail, SMS, push, post; or profiling, for whether conclusions may be drawn. Without a time, an"
        " answer counts from now on."
    )

    def reader(self, layout: Layout) -> Reader:
        return _Reader(layout)


@dataclass(frozen=True, slots=True)
class _Answer:
    number: int
    customer: str
    channel: str
    granted: bool
    at: datetime
    text_version: str


class _Reader(Reader):
    def read(self, row: Sequence[Any]) -> _Answer | SetAside:
        number, problem = row[-2], row[-1]
        if problem:
            return SetAside(number, "invalid", problem)
        customer, time = self.text(row, "customer_id"), self.time(row)
        if customer.lower() in JUNK_IDS:
            return SetAside(number, "without_customer", "no_customer")
        channel = _CHANNELS.get(self.text(row, "channel").casefold())
        granted = answer(self.text(row, "granted"))
        if channel is None or granted is None:
            return SetAside(number, "invalid", "channel_unknown" if channel is None else "answer_unreadable")
        if isinstance(time, str):
            return SetAside(number, "invalid", time)
        return _Answer(number, customer, channel, granted, time, self.text(row, "text_version")[:50])

    def store(self, rows: Sequence[_Answer]) -> tuple[Counter[str], list[SetAside]]:
        ids = dict(
            Customer.objects.filter(external_id__in={row.customer for row in rows}).values_list("external_id", "pk")
        )
        aside = [
            SetAside(row.number, "without_customer", "customer_unknown") for row in rows if row.customer not in ids
        ]
        known = [row for row in rows if row.customer in ids]
        noted = sum(self._note(version, some, ids) for version, some in _by_version(known).items())
        return Counter(consents=noted, duplicates=len(known) - noted), aside

    def _note(self, version: str, rows: Sequence[_Answer], ids: dict[str, int]) -> int:
        said = [(ids[row.customer], row.channel, row.granted, row.at) for row in rows]
        if "time" not in self.places:
            said = consent.changes(said)
        return consent.record(said, source=SOURCE, text_version=version)

    def cells(self, read: _Answer) -> tuple[object, ...]:
        return (
            read.customer,
            Channel(read.channel).label if read.channel else _("Profiling"),
            _("yes") if read.granted else _("no"),
            read.at,
        )


def _by_version(rows: Sequence[_Answer]) -> dict[str, list[_Answer]]:
    found: dict[str, list[_Answer]] = defaultdict(list)
    for row in rows:
        found[row.text_version].append(row)
    return found
