"""The back office of the facts: everything can be looked at, identifiers stay hidden, little can be changed."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from customers import api_keys, consent
from customers.ingest.pipeline import ingest
from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord
from customers.models import Consent, Customer, EventType, ImportBatch, ImportReject, Property
from customers.privacy import access_log
from customers.tracking.messages import Envelope
from customers.tracking.quarantine import SetAside, keep
from customers.tracking.sources import create_source

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)
# Of these tell the page on intake, the customer's own page, the page on erasures; a kept key has nothing to show.
SHOWN_ELSEWHERE = {
    "intakeminute", "freshminute", "touched", "toldtraits", "keyholder", "erasure", "erasedname", "keptkey",
    "duplicate", "duplicatesearch",
}  # fmt: skip
MODELS = [
    name
    for model in apps.get_app_config("customers").get_models()
    if (name := model._meta.model_name) not in SHOWN_ELSEWHERE
]


@pytest.fixture
def office(admin_client: Client, admin_user) -> Client:
    """The back office, with a row of each kind."""
    ada = CustomerRecord("u1", NOON, {"age": 30}, name="Ada Lovelace", email="ada@example.com", phone="13800138000")
    ingest([ada, EventRecord("m1", "u1", "Order Completed", NOON, {"total": "many", "products": [{"sku": "s"}]})])
    apps.get_model("customers.Product").objects.create(sku="s", category_path=["Food"])
    consent.grant(customer=Customer.objects.get(external_id="u1"), channel="email", source="form")
    batch = ImportBatch.objects.create(contents="orders", source="csv", file_name="a.csv", counts={"order_lines": 1})
    ImportReject.objects.create(batch=batch, line=2, outcome="invalid", reason="no_order_number", row={"a": "b"})
    api_keys.create_key(name="till", user=admin_user, scopes=["customers.view_customer"], by=admin_user)
    source, _key = create_source(name="site", platform="web")
    message = {"type": "track", "userId": "u1", "properties": {"who": "ada@example.com"}}
    keep([SetAside(message, "event_name", Envelope(source.pk, NOON, {}))])
    ingest([AliasRecord("u0", "u1", NOON), EventRecord("m2", "u0", "Order Completed", NOON, {})])
    access_log.record(actor=admin_user, action="reveal", object_kind="customer", object_key="u1")
    return admin_client


def page(office: Client, model: str, *, pk: object = None, **query: str) -> str:
    name = f"admin:customers_{model}_" + ("changelist" if pk is None else "change")
    answer = office.get(reverse(name, args=[] if pk is None else [pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_fact_has_its_pages(office: Client, model: str, language: str) -> None:
    office.cookies["django_language"] = language
    row = apps.get_model(f"customers.{model}").objects.first()

    shown = page(office, model) + page(office, model, pk=row.pk)

    assert "Ada Lovelace" not in shown
    assert "ada@example.com" not in shown
    assert "13800138000" not in shown


def test_a_list_of_personal_records_decrypts_nothing(office: Client, settings) -> None:
    settings.IDENTIFIER_KEY = "another key " * 9

    assert "A*** L***" not in page(office, "personalrecord")


def test_a_personal_record_is_shown_masked(office: Client) -> None:
    shown = page(office, "personalrecord", pk=Customer.objects.get(external_id="u1").pk)

    assert "A*** L***" in shown
    assert "138****8000" in shown


def test_customers_are_found_by_a_whole_contact(office: Client) -> None:
    ingest([CustomerRecord("u2", NOON)])

    shown = page(office, "customer", q="ADA@example.com")

    assert ">u1<" in shown
    assert ">u2<" not in shown


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"eventtype", "property", "trait", "product", "source"}))
def test_what_was_told_is_neither_edited_nor_deleted(office: Client, model: str) -> None:
    row = apps.get_model(f"customers.{model}").objects.first()

    deleted = office.post(reverse(f"admin:customers_{model}_delete", args=[row.pk]), {"post": "yes"})
    changed = office.post(reverse(f"admin:customers_{model}_change", args=[row.pk]), {})

    assert (deleted.status_code, changed.status_code) == (403, 403)


def test_an_answer_is_added_as_a_new_row(office: Client) -> None:
    customer = Customer.objects.get(external_id="u1")
    answer = {"customer": customer.pk, "purpose": "marketing", "channel": "email", "source": "phone call"}

    office.post(reverse("admin:customers_consent_add"), answer)

    assert Consent.objects.count() == 2
    assert consent.reachable(channel="email") == set()


def test_a_type_is_changed_with_its_counts(office: Client) -> None:
    total = Property.objects.get(name="total")
    form = {"type": "number", "label_zh": "金额", "label_en": "Money", "field_class": "behavioural"}

    answer = office.post(reverse("admin:customers_property_change", args=[total.pk]), form, follow=True)

    total.refresh_from_db()
    assert (total.type, total.column, total.misfits, total.label_zh) == ("number", "p_total_2", 1, "金额")
    assert "lake rebuild" in answer.content.decode()


def test_event_types_are_named_in_the_list(office: Client) -> None:
    row = EventType.objects.get()
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "form-0-label_zh": "下单"}

    office.post(reverse("admin:customers_eventtype_changelist"), {**form, "form-0-label_en": "Order", "_save": "Save"})

    row.refresh_from_db()
    assert row.label_zh == "下单"


def test_the_access_log_is_checked_on_demand(office: Client) -> None:
    form = {"action": "check_chain", "_selected_action": [1]}

    answer = office.post(reverse("admin:customers_accesslog_changelist"), form, follow=True)

    assert answer.status_code == 200
    assert any(message.level_tag == "success" for message in answer.context["messages"])
