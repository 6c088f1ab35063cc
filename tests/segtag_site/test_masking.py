"""Nobody is shown an identifier or a personal value in full without a right and a reason, wherever one looks.

A customer with recognisable values is planted; then every route of the pages, the back office and the API is asked as
each role, and what it answers is searched for them.
"""

import io
import json
import logging
import os
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import (
    AccessLog,
    ApiKey,
    Consent,
    Customer,
    Event,
    Identity,
    ImportBatch,
    ImportReject,
    PersonalRecord,
    Property,
    Trait,
)
from customers.models.catalogue import FieldClass
from segmentation.activation.models import Export
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences import services
from segmentation.lake.sync import sync
from segmentation.runs.models import Run
from segtag_site.roles import ROLES
from tests.api.conftest import _tag, publish_segment
from tests.campaign import ALL, NOW, run, shared_shop
from tests.segtag_site.shop import user_of

# What nobody may see: whole values, and parts of them that would do.
SECRETS = (
    "Zyxwvut", "Qrstnam", "zyxwvut.q@mail.example", "13999988877", "139 9998 8877", "99998877", "Planetary Road",
    "TRAIT-991-SECRET", "PROPERTY-992-SECRET", "REJECT-993-SECRET",
)  # fmt: skip
WHO = "M-1"


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Customer]:
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker) as customers:
        person = {"name": "Zyxwvut Qrstnam", "email": "zyxwvut.q@mail.example", "phone": "+86 139 9998 8877"}
        told = {"city": "上海", "id_card": "TRAIT-991-SECRET"}
        ingest([CustomerRecord(WHO, NOW, told, address="7 Planetary Road, Leeds", **person)])
        bought = {"order_id": "m1", "total": 5, "note": "PROPERTY-992-SECRET", "products": [{"sku": "P1"}]}
        ingest([EventRecord("m-1", WHO, "Order Completed", NOW, bought)])
        Trait.objects.filter(name="id_card").update(field_class=FieldClass.PERSONAL)
        Property.objects.filter(name="note").update(field_class=FieldClass.PERSONAL)
        batch = ImportBatch.objects.create(source="orders_csv", file_name="x.csv", state="failed")
        row = {"customer": "REJECT-993-SECRET"}
        ImportReject.objects.create(batch=batch, line=2, outcome="invalid", reason="no_customer", row=row)
        planted = Customer.objects.get(external_id=WHO)
        Consent.objects.create(customer=planted, channel="email", granted=True, at=NOW, source="form")
        sync()
        _tag([planted.pk, *(customer.pk for customer in customers)])
        publish_segment([planted.pk])
        audience = services.create_audience(by=None, key="spring", name="春", channel="email", include=ALL)
        run(services.request_freeze(audience=audience, by=None))
        yield planted


@pytest.fixture
def planted(_shop: Customer, db: None) -> Customer:
    cache.clear()
    return _shop


def routes(patterns: list | None = None, prefix: str = "") -> Iterator[str]:
    """Every route there is, as it is written in the URL configuration."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


# What stands in the place of a key, by where the route begins.
KEYS = {"tags": "level", "clusters": "level", "segments": "shanghai", "reviews": "shanghai"}
BACK_OFFICE = {
    "customers/customer": Customer, "customers/personalrecord": PersonalRecord, "customers/event": Event,
    "customers/identity": Identity, "customers/consent": Consent, "customers/importreject": ImportReject,
    "customers/importbatch": ImportBatch, "customers/apikey": ApiKey, "segmentation/export": Export,
}  # fmt: skip
ENDS = {
    "members/<slug:kind>/<slug:key>/": "members/segment/shanghai/",
    "members/<slug:kind>/<slug:key>/<path:value>/": "members/tag_value/level/gold/",
    "reviews/<slug:kind>/<slug:key>/": "reviews/segment/shanghai/",
}


def addresses(planted: Customer) -> Iterator[str]:
    """Every address that answers a GET about the planted customer, or about what it is in."""
    own = {
        "exports/": Export.objects.values_list("pk", flat=True).first(),
        "imports/": ImportBatch.objects.values_list("pk", flat=True).first(),
    }
    for route in routes():
        path = next((ENDS[end] for end in ENDS if route.endswith(end)), route)
        number = next((pk for start, pk in own.items() if path.startswith(start)), planted.pk)
        for name in ("<int:pk>", "<int:id>", "<int:number>"):
            path = path.replace(name, str(number))
        path = path.replace("<str:value>", "gold").replace("<str:sku>", "P1").replace("<slug:kind>", "segment")
        path = path.replace("<uuid:pk>", str(Run.objects.values_list("pk", flat=True).first()))
        for name, model in BACK_OFFICE.items():
            row = model._default_manager.filter(**({"customer": planted} if model in OF_CUSTOMERS else {})).first()
            if path.startswith(f"admin/{name}/") and "<path:object_id>" in path:
                path = path.replace("<path:object_id>", str(row.pk if row else 0))
        if re.search(r"admin/.+/(add|history|delete)/$", path):
            continue  # they show nothing that lists and changes do not
        if "<slug:key>" in path:
            first = path.removeprefix("api/v1/").partition("/")[0]
            yield f"/{path.replace('<slug:key>', KEYS.get(first, 'spring'))}"
        elif "<" not in path and "^" not in path and "(?P" not in path:
            yield f"/{path}"


OF_CUSTOMERS = (PersonalRecord, Event, Identity, Consent)
# Not a page of ours: what the officer hands over in full, each time written down.
HANDED_OVER = ("/known",)
QUESTIONS = (
    "?search=zyxwvut.q@mail.example", "?q=zyxwvut.q@mail.example", "?trait=id_card", f"?customer={WHO}",
    "?event=Order Completed&property=note", "?columns=trait:id_card&columns=name",
)  # fmt: skip
ASKED_MORE = ("/customers/", "/api/v1/customers", "/api/v1/catalog/values", "/segments/shanghai/why/", "/members/")
CARD = {"trait": "id_card", "op": "is", "value": "x"}
NOTED = {
    "event": "Order Completed",
    "where": {"property": "note", "op": "is_present"},
    "measure": {"last_value": "note"},
}


def answers(client: Client, planted: Customer) -> Iterator[tuple[str, str]]:
    """Each address with the text of what it answers."""
    for address in dict.fromkeys(addresses(planted)):
        if address.endswith(HANDED_OVER) or "/logout" in address:
            continue
        asked = QUESTIONS if address.startswith(ASKED_MORE) else ()
        for url in (address, *(address + question for question in asked)):
            yield url, text_of(client.get(url))
    for condition in (CARD, {**NOTED, "op": "is", "value": "x", "window": {"all_time": True}}):
        body = {"version": 1, "rule": condition}
        for url in ("rules/preview", "rules/members"):
            answer = client.post(f"/api/v1/{url}", {"rule": body}, content_type="application/json")
            yield f"POST {url}", text_of(answer)
        explain = {"rule": body, "customer": planted.pk}
        answer = client.post("/api/v1/rules/explain", explain, content_type="application/json")
        yield f"POST rules/explain {answer.status_code}", text_of(answer)


def text_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace") + json.dumps(dict(answer.headers))


# What viewers and reviewers may open, others of these may too; SEGTAG_EVERY_ROLE asks as all of them.
ASKED_AS = [role.key for role in ROLES if os.environ.get("SEGTAG_EVERY_ROLE") or role.key not in {"viewer", "reviewer"}]


@pytest.mark.parametrize("role", ASKED_AS)
def test_no_role_is_shown_an_identifier_or_a_personal_value_by_looking(planted: Customer, role: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(user_of(role))
    logging.disable(logging.ERROR)
    seen = dict(answers(client, planted))
    logging.disable(logging.NOTSET)

    if role in {"operator", "administrator"}:  # who imports sees the rows that were set aside, to mend them
        seen = {url: text for url, text in seen.items() if not url.startswith("/imports/")}
    leaks = [(url, secret) for url, text in seen.items() for secret in SECRETS if secret in text and secret not in url]
    assert not leaks, "\n".join(map(str, leaks))
    assert len(seen) > 120
    assert sum("M-1" in text for text in seen.values()) > 5, "the planted customer is on no page: nothing was tried"


def test_an_export_by_a_marketer_is_masked(planted: Customer) -> None:
    marketer = user_of("marketer")
    version = services.Audience.objects.get(key="spring").frozen_version
    columns = ["external_id", "name", "email", "phone", "address"]
    ended = run(request_export(version=version, options=ExportOptions(columns=columns), by=marketer))
    text = (settings.EXPORT_DIR / Export.objects.get(run=ended).path).read_text(encoding="utf-8")

    assert WHO in text
    assert not [secret for secret in SECRETS if secret in text]


def test_what_is_revealed_is_written_down_with_its_reason(planted: Customer) -> None:
    client = Client()
    client.force_login(user_of("privacy-officer"))
    for reason, shown in (("", False), ("she asked by mail", True)):
        answer = client.post(f"/customers/{planted.pk}/reveal/", {"reason": reason})
        assert ("Zyxwvut" in answer.content.decode()) is shown
    package = client.post(f"/customers/{planted.pk}/known/")
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert "Zyxwvut" in archive.read("customer.html").decode()
        assert json.loads(archive.read("customer.json"))["facts"]["person"][0]["email"] == "zyxwvut.q@mail.example"
    assert set(AccessLog.objects.values_list("action", "object_key")) >= {
        ("reveal", str(planted.pk)), ("tell", str(planted.pk)),
    }  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "marketer", "operator", "reviewer"])
def test_who_may_not_reveal_is_refused(planted: Customer, role: str) -> None:
    client = Client()
    client.force_login(user_of(role))
    for path in ("reveal", "known", "erase"):
        assert client.post(f"/customers/{planted.pk}/{path}/", {"reason": "because I can"}).status_code == 403
    assert client.get(f"/api/v1/customers/{planted.pk}/known").status_code == 403
