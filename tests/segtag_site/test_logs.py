"""The log says what happened and never to whom."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from customers.imports import create_import, run_import
from customers.models import Customer, PersonalRecord, QuarantinedMessage
from customers.tracking import storing
from customers.tracking.sources import create_source
from segtag_site.logs import JsonLines, Lines, without_contacts
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db
PLANTED = ("Zebulon", "Quuxworthy", "zebulon.quux@planted.example", "planted.example", "0013 8765", "13800138765",
           "Plantedstreet")  # fmt: skip
TOLD = {
    "name": "Zebulon Quuxworthy",
    "email": "zebulon.quux@planted.example",
    "phone": "+86 138 0013 8765",
    "address": "7 Plantedstreet",
}


@pytest.fixture(params=[Lines, JsonLines])
def log(request) -> Iterator[io.StringIO]:
    """Everything that is logged, down to the smallest."""
    text, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(text)
    handler.setFormatter(request.param())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


def assert_nobody_is_in(text: str) -> None:
    assert [word for word in PLANTED if word in text] == []


def send(key: str, *messages: dict) -> int:
    return Client().post(f"/v1/batch?writeKey={key}", {"batch": messages}, content_type="application/json").status_code


def test_the_main_flows_log_nobody(log, tmp_path, monkeypatch) -> None:
    _source, key = create_source(name="shop")
    assert send(key, {"type": "identify", "userId": "u1", "traits": TOLD}, {"type": "track", "properties": TOLD}) == 200
    assert QuarantinedMessage.objects.count() == 1
    file = tmp_path / "people.csv"
    file.write_text("id,name,email,phone\nu2,Zebulon Quuxworthy,zebulon.quux@planted,1\n,Zebulon,x,2\n", "utf-8")
    run_import(batch=create_import(path=file, contents="customers"), path=file)
    assert PersonalRecord.objects.exists()
    client, page = Client(raise_request_exception=False), Customer.objects.get(external_id="u1").pk
    client.force_login(user_of("administrator"))
    for address in (reverse("customers:list"), "/api/v1/customers", "/nowhere", "/api/v1/tags"):
        client.get(address, {"q": TOLD["email"], "search": TOLD["phone"]})
    client.post(reverse("customers:reveal", args=[page]), {"reason": "Zebulon called"})
    Client().post(reverse("login"), {"username": TOLD["email"], "password": TOLD["name"]})
    monkeypatch.setattr("customers.views.selectors.timeline", lambda *_a, **_k: 1 / int("Zebulon Quuxworthy"))
    assert client.get(reverse("customers:timeline", args=[page])).status_code == 500

    def refuse(*_args: object, **_more: object) -> None:
        raise DatabaseError(f"Key (value)=({TOLD['name']}, {TOLD['address']}) is there already")

    monkeypatch.setattr(storing, "ingest", refuse)
    assert send(key, {"type": "identify", "userId": "u3", "traits": TOLD}) == 503

    assert_nobody_is_in(log.getvalue())
    assert "DatabaseError" in log.getvalue()
    assert "builtins.ValueError" in log.getvalue()


def test_contacts_in_a_message_are_hidden() -> None:
    line = JsonLines().format(logging.makeLogRecord({"msg": "%s of %s", "args": (TOLD["phone"], TOLD["email"])}))
    assert json.loads(line)["message"] == "[hidden] of [hidden]"


@pytest.mark.parametrize("text", ["2026-11-24 09:00:00", "run 3f2b-1234567890-aa", "took 12345 ms", "id 123456789"])
def test_what_is_no_contact_stays(text: str) -> None:
    assert without_contacts(text) == text


@pytest.mark.parametrize("log", [JsonLines], indirect=True)
def test_lines_of_one_request_are_found_by_its_id(log, client) -> None:
    answer = client.get("/nowhere-at-all/")
    assert len(answer["X-Request-ID"]) == 32
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {one["request"] for one in told if one["logger"] == "django.request"} == {answer["X-Request-ID"]}
