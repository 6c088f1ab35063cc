"""Files of customers, products, consents and events: what they store, what they refuse, and nothing twice."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from customers.consent import reachable
from customers.imports import preview_file
from customers.ingest.contents import all_contents
from customers.models import Consent, Customer, Event, Product, Trait
from customers.privacy import personal
from tests.customers.imports.files import books, load

pytestmark = pytest.mark.django_db

PEOPLE = """会员号,姓名,邮箱,手机,等级,积分
007,王芳,fang@example.com,13800000000,金卡,120
008,李雷,lei@example,13900000000,银卡,80
,无名,,,银卡,5
009,,,,,
"""


@pytest.fixture
def file(tmp_path: Path):
    def written(text: str, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def people(file):
    return load(file(PEOPLE), contents="customers", mapping={"+等级": "等级", "+积分": "积分"})


def test_customers_come_with_contacts_kept_apart_and_chosen_columns_as_traits(people) -> None:
    assert books(people) == {"customers": 2, "without_customer": 1, "invalid": 1}
    customer = Customer.objects.get(external_id="007")
    assert customer.traits == {"等级": "金卡", "积分": 120}
    known = personal.read(customer.personal)
    assert (known["name"], known["email"]) == ("王芳", "fang@example.com")
    assert dict(Trait.objects.values_list("name", "type")) == {"等级": "text", "积分": "number"}
    assert {reject.reason for reject in people.rejects.all()} == {"email_unreadable", "no_customer"}
    kept = str(list(people.rejects.values_list("row", flat=True)))
    assert not [secret for secret in ("李雷", "lei@", "13900000000", "无名") if secret in kept]


def test_columns_that_nobody_chose_are_stored_nowhere(file) -> None:
    batch = load(file(PEOPLE), contents="customers")
    assert Customer.objects.get(external_id="007").traits == {}
    assert all("等级" not in reject.row for reject in batch.rejects.all())


def test_the_same_customers_again_change_nothing_and_an_empty_cell_says_nothing(people, file) -> None:
    before = Customer.objects.get(external_id="007").updated_at
    load(file(PEOPLE, "again.csv"), contents="customers", mapping={"+等级": "等级", "+积分": "积分"})
    assert Customer.objects.get(external_id="007").updated_at == before
    load(
        file("会员号,等级,积分\n007,,130\n", "later.csv"),
        contents="customers",
        mapping={"+等级": "等级", "+积分": "积分"},
    )
    assert Customer.objects.get(external_id="007").traits == {"等级": "金卡", "积分": 130}
    assert Customer.objects.count() == 2


def test_numbers_with_leading_zeros_stay_text(file) -> None:
    load(file("customer_id,postcode\n1,01234\n2,99999\n"), contents="customers", mapping={"+postcode": "postcode"})
    assert Customer.objects.get(external_id="1").traits == {"postcode": "01234"}


def test_the_columns_of_a_done_import_are_remembered(people, file) -> None:
    preview = preview_file(path=file(PEOPLE, "next.csv"), contents="customers")
    assert preview.remembered
    assert preview.mapping["+等级"] == "等级"
    assert not preview_file(path=file(PEOPLE, "next.csv"), contents="events").remembered


def test_products_are_renewed_and_empty_cells_say_nothing(file) -> None:
    load(
        file("sku,name,category,stock\nS1,Tea,Food > Tea,5\n,None,,1\n"),
        contents="products",
        mapping={"+stock": "stock"},
    )
    batch = load(file("sku,name,category,stock\nS1,Green tea,,0\n", "b.csv"), contents="products")
    product = Product.objects.get()
    assert (product.name, product.category_path, product.attributes) == ("Green tea", ["Food", "Tea"], {"stock": 0})
    assert books(batch) == {"products": 1}


def test_consents_are_noted_once_and_only_of_known_customers(people, file) -> None:
    text = "客户编号,渠道,是否同意\n007,短信,是\n007,邮件,否\n404,短信,是\n007,飞鸽,是\n007,短信,也许\n"
    batch = load(file(text, "consents.csv"), contents="consents")
    assert books(batch) == {"consents": 2, "without_customer": 1, "invalid": 2}
    assert reachable(channel="sms") == {Customer.objects.get(external_id="007").pk}
    again = load(file(text + "\n", "again.csv"), contents="consents")
    assert books(again) == {"duplicates": 2, "without_customer": 1, "invalid": 2}
    assert Consent.objects.count() == 2


def test_a_consent_with_its_time_counts_from_then(people, file) -> None:
    text = "customer_id,channel,granted,time\n007,sms,yes,2026-01-02 00:00\n007,sms,no,2026-01-01 00:00\n"
    load(file(text, "consents.csv"), contents="consents")
    assert reachable(channel="sms")


def test_events_of_json_lines_are_stored_once(file) -> None:
    rows = [
        {"user_id": "u1", "event": "Article Read", "time": "2026-03-01T10:00:00Z", "minutes": 5, "deep": True},
        {"user_id": "u1", "event": "", "time": "2026-03-01T10:00:00Z"},
        {"user_id": "u2", "event": "Article Read", "time": "yesterday", "tags": ["a"]},
    ]
    text = "\n".join(map(json.dumps, rows)) + "\nno json\n"
    kept = {"+minutes": "minutes", "+deep": "deep"}
    batch = load(file(text, "events.jsonl"), contents="events", mapping=kept, time_form="ISO 8601")
    assert books(batch) == {"events": 1, "invalid": 3}
    event = Event.objects.get()
    assert (event.properties, event.time) == ({"minutes": 5, "deep": True}, datetime(2026, 3, 1, 10, tzinfo=UTC))
    again = load(file(text + "\n", "again.jsonl"), contents="events", mapping=kept, time_form="ISO 8601")
    assert books(again) == {"duplicates": 1, "invalid": 3}


def test_a_workbook_keeps_leading_zeros_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    book = Workbook()
    book.active.append(["order_id", "customer_id", "time", "sku", "quantity", "price"])
    book.active.append(["A1", "007", datetime(2026, 3, 17, 9), "0042", 2, 1.5])  # cells have no zone
    book.save(path)
    batch = load(path)
    assert books(batch) == {"order_lines": 1}
    order = Event.objects.select_related("customer").get()
    assert (order.customer.external_id, order.properties["products"][0]["sku"]) == ("007", "0042")
    assert order.time == datetime(2026, 3, 17, 1, tzinfo=UTC)


@pytest.mark.parametrize("key", all_contents())
def test_every_contents_is_told_in_words_and_asks_for_fields_it_has(key: str) -> None:
    contents = all_contents()[key]
    assert str(contents.name)
    assert str(contents.rows)
    assert set(contents.required) <= contents.fields.keys() == contents.headers.keys()
