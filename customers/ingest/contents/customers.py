"""Customers: one row per customer, with contacts and whatever else is known of them."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.ingest.contents.base import CUSTOMER_HEADERS, Contents, Layout, Reader, SetAside, in_words
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord
from customers.ingest.validate import JUNK_IDS, LONGEST_KEY
from customers.privacy.masking import mask_address, mask_email, mask_name, mask_phone

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FEWEST_DIGITS = 5


class Customers(Contents):
    """Known customers are completed: a cell that is empty says nothing, another one replaces what was told before."""

    name = _("Customers")
    rows = _("one row per customer")
    icon = "users"
    fields = {
        "customer_id": _("Customer number"),
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "address": _("Address"),
        "time": _("Known since (time)"),
    }
    required = ("customer_id",)
    headers = {
        "customer_id": f"{CUSTOMER_HEADERS} external_id id",
        "name": "name full_name customer_name 姓名 客户姓名 会员姓名 名称 收货人",
        "email": "email e_mail email_address mail 邮箱 电子邮箱 电子邮件 邮件",
        "phone": "phone mobile phone_number mobile_number telephone tel 手机 手机号 手机号码 电话 联系电话",
        "address": "address street_address shipping_address 地址 收货地址 联系地址",
        "time": "updated_at registered_at created_at signup_date registration_date 注册时间 注册日期 更新时间",
    }
    titles = (_("Customer"), _("Name"), _("E-mail"), _("Phone"), _("Traits"))
    others = _("Traits")
    masks = {"name": mask_name, "email": mask_email, "phone": mask_phone, "address": mask_address}
    hint = _("An empty cell changes nothing; names and contacts are kept encrypted.")

    def reader(self, layout: Layout) -> Reader:
        return _Reader(layout)


class _Reader(Reader):
    def read(self, row: Sequence[Any]) -> CustomerRecord | SetAside:
        number, problem = row[-2], row[-1]
        if problem:
            return SetAside(number, "invalid", problem)
        customer, time = self.text(row, "customer_id"), self.time(row)
        if customer.lower() in JUNK_IDS:
            return SetAside(number, "without_customer", "no_customer")
        email, phone = self.text(row, "email"), self.text(row, "phone")
        if reason := _wrong(customer, email, phone):
            return SetAside(number, "invalid", reason)
        if isinstance(time, str):
            return SetAside(number, "invalid", time)
        return CustomerRecord(
            customer,
            time,
            traits=self.kept_values(row),
            name=self.text(row, "name"),
            email=email,
            phone=phone,
            address=self.text(row, "address"),
            # Of two rows about one customer the later one counts.
            message_id=f"{number:012d}",
        )

    def store(self, rows: Sequence[CustomerRecord]) -> tuple[Counter[str], list[SetAside]]:
        report = ingest(rows)
        aside = [SetAside(int(one.record.message_id), "invalid", one.code) for one in report.refused]  # type: ignore[union-attr]
        return Counter(customers=report.customers), aside

    def cells(self, read: CustomerRecord) -> tuple[object, ...]:
        traits = in_words(read.traits)
        return read.user_id, read.name, read.email, read.phone, traits


def _wrong(customer: str, email: str, phone: str) -> str:
    """What is wrong with the row's names of things; empty if nothing is."""
    if len(customer) > LONGEST_KEY:
        return "number_too_long"
    if email and not _EMAIL.fullmatch(email):
        return "email_unreadable"
    return "phone_unreadable" if phone and sum(map(str.isdigit, phone)) < _FEWEST_DIGITS else ""
