"""The tracking API: what is answered 200 is stored once, or set aside with a reason that people can see."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone

from customers.models import Customer, Event, IntakeMinute, QuarantinedMessage, Source
from customers.tracking.sources import renew_key
from customers.tracking.urls import tracking_patterns

pytestmark = pytest.mark.django_db
STORED = {"success": True}


def tracked(number: int = 1, **more: object) -> dict:
    return {"type": "track", "event": "Order Completed", "messageId": f"m{number}", "userId": "u1", **more}


def reasons() -> list[str]:
    return list(QuarantinedMessage.objects.order_by("id").values_list("reason", flat=True))


def test_a_batch_is_stored(send, source) -> None:
    answer = send("/v1/batch", {"batch": [tracked(1, properties={"total": 5}), tracked(2)]})

    assert (answer.status_code, answer.json()) == (200, STORED)
    assert set(Event.objects.values_list("message_id", "source", "name")) == {
        ("m1", source.pk, "Order Completed"),
        ("m2", source.pk, "Order Completed"),
    }


@pytest.mark.parametrize("route", [str(pattern.pattern) for pattern in tracking_patterns])
def test_every_path_takes_posts_and_never_redirects(send, client, route: str, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    body = tracked(groupId="g", previousId="old")
    body.pop("type")

    answer = send(f"/{route}", {"batch": [body | {"type": "track"}]} if "b" in route.strip("/")[-6:] else body)

    assert answer.status_code in {200, 400}
    assert client.get(f"/{route}").status_code == 405


@pytest.mark.parametrize(
    "kind", ["identify", "track", "page", "screen", "group", "alias", "i", "t", "p", "s", "g", "a"]
)
def test_the_path_says_what_a_message_is(send, kind: str) -> None:
    message = {"userId": "u1", "event": "E", "groupId": "g", "previousId": "old", "messageId": "m"}

    assert send(f"/v1/{kind}", message).json() == STORED
    assert reasons() == []
    assert Customer.objects.filter(external_id="u1").exists()


@pytest.mark.parametrize("way", ["basic", "bearer", "body", "address"])
def test_the_write_key_comes_in_four_ways(client, basic, write_key: str, way: str) -> None:
    header = {"basic": {"Authorization": basic}, "bearer": {"Authorization": f"Bearer {write_key}"}}.get(way, {})
    body = {"batch": [tracked()]} | ({"writeKey": write_key} if way == "body" else {})
    address = f"/beacon/v1/batch?writeKey={write_key}" if way == "address" else "/v1/batch"

    answer = client.post(address, json.dumps(body), content_type="text/plain", headers=header)

    assert answer.json() == STORED
    assert Event.objects.count() == 1


def test_an_unknown_key_is_told_so_once_and_counted(client) -> None:
    answer = client.post("/v1/batch", {"batch": []}, content_type="application/json")

    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}
    assert IntakeMinute.objects.get(source_id=0).refused == 1


def test_a_disabled_source_or_an_old_key_sends_no_more(send, source) -> None:
    renew_key(source=source, by=None)
    assert send("/v1/track", tracked()).status_code == 401


def test_the_body_is_json_whatever_its_label_and_coding(send) -> None:
    packed = gzip.compress(json.dumps({"batch": [tracked()]}).encode())

    rudder_node = send(
        "/v1/batch", packed, content_type="application/x-www-form-urlencoded", **{"Content-Encoding": "gzip"}
    )
    unlabelled = send("/v1/batch", packed, content_type="text/plain")

    assert (rudder_node.json(), unlabelled.json()) == (STORED, STORED)
    assert Event.objects.count() == 1


def test_a_bomb_is_refused_and_the_next_request_is_fine(send) -> None:
    bomb = gzip.compress(b" " * 200_000_000)
    assert len(bomb) < 400_000

    assert send("/v1/batch", bomb).status_code == 413
    assert send("/v1/batch", gzip.compress(bomb)).status_code == 400
    assert send("/v1/batch", gzip.compress(b'{"batch": []}')[:-6]).status_code == 400
    assert send("/v1/batch", b" " * (16 * 1024 * 1024 + 1)).status_code == 413
    assert send("/v1/batch", {"batch": [tracked()]}).status_code == 200


BAD = {
    "no type": ({"userId": "u1"}, "unknown_type"),
    "wrong type": ({"type": "fly"}, "unknown_type"),
    "type of a list": ({"type": []}, "unknown_type"),
    "no name": ({"type": "track", "userId": "u"}, "event_name"),
    "name of a number": ({"type": "track", "userId": "u", "event": 5}, "event_name"),
    "long name": ({"type": "track", "userId": "u", "event": "x" * 101}, "event_name"),
    "no id": ({"type": "track", "event": "E"}, "no_customer"),
    "junk ids": ({"type": "track", "event": "E", "userId": "undefined", "anonymousId": "null"}, "no_customer"),
    "id of a list": ({"type": "track", "event": "E", "userId": ["u"]}, "bad_id"),
    "id of a yes": ({"type": "track", "event": "E", "userId": True}, "bad_id"),
    "long id": ({"type": "track", "event": "E", "userId": "u" * 101}, "bad_id"),
    "NUL in the id": ({"type": "track", "event": "E", "userId": "u\0"}, "bad_id"),
    "no time": ({"type": "track", "event": "E", "userId": "u", "timestamp": "yesterday"}, "bad_time"),
    "time of a list": ({"type": "track", "event": "E", "userId": "u", "timestamp": [1]}, "bad_time"),
    "time beyond all": ({"type": "track", "event": "E", "userId": "u", "timestamp": 1e300}, "bad_time"),
    "properties of a text": (
        {"type": "track", "event": "E", "userId": "u", "properties": "x"}, "properties_not_an_object",
    ),
    "context of a list": ({"type": "track", "event": "E", "userId": "u", "context": []}, "context_not_an_object"),
    "traits of a number": ({"type": "identify", "userId": "u", "traits": 5}, "traits_not_an_object"),
    "products of a text": (
        {"type": "track", "event": "E", "userId": "u", "properties": {"products": "x"}},
        "products_not_a_list_of_objects",
    ),
    "message id of an object": ({"type": "track", "event": "E", "userId": "u", "messageId": {}}, "message_id"),
    "alias of itself": ({"type": "alias", "userId": "u", "previousId": "u"}, "alias_ids"),
    "alias of nobody": ({"type": "alias", "userId": "u"}, "alias_ids"),
    "no group": ({"type": "group", "userId": "u"}, "group_id"),
    "reserved id": ({"type": "track", "event": "E", "userId": "~" + "0" * 24}, "no_customer"),
    "too large": ({"type": "track", "event": "E", "userId": "u", "properties": {"x": "y" * 40_000}}, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_bad_message_among_a_hundred_is_set_aside_and_harms_no_other(send, name: str) -> None:
    message, reason = BAD[name]

    answer = send("/v1/batch", {"batch": [*map(tracked, range(50)), message, *map(tracked, range(50, 99))]})

    assert answer.json() == STORED
    assert (Event.objects.count(), reasons()) == (99, [reason])


START = b'{"type":"track","event":"E","userId":"u","properties":{"a":'
RAW = {
    "text": (b'"text"', "not_json"),
    "null": (b"null", "not_json"),
    "deep": (START + b"[" * 5000 + b"]" * 5000 + b"}}", "not_json"),
    "long number": (START + b"9" * 4301 + b"}}", "not_json"),
}  # fmt: skip


@pytest.mark.parametrize("name", RAW)
def test_what_cannot_be_read_is_set_aside_too(send, name: str) -> None:
    raw, reason = RAW[name]
    good = [json.dumps(tracked(number)).encode() for number in range(3)]

    answer = send("/v1/batch", b'{"sentAt":null,"batch":[' + b",".join([*good[:2], raw, good[2]]) + b"]}")

    assert answer.json() == STORED
    assert (Event.objects.count(), reasons()) == (3, [reason])


MENDED = {
    "NaN": (b"NaN", None),
    "infinity": (b"-Infinity", None),
    "beyond floats": (b"1e999", None),
    "NUL": (b'"a\\u0000b"', "a\N{REPLACEMENT CHARACTER}b"),
    "lone surrogate": (b'"a\\ud800b"', "a?b"),
    "no UTF-8": (b'"a\xffb"', "a\N{REPLACEMENT CHARACTER}b"),
    "twice": (b'1,"x":2', 2),
    "prototype": (b'{"__proto__":1}', {"__proto__": 1}),
    "31 digits": (b"9" * 31, int("9" * 31)),
}


@pytest.mark.parametrize("name", MENDED)
def test_values_that_a_database_would_refuse_are_mended(send, name: str) -> None:
    raw, kept = MENDED[name]
    body = (
        b'{"batch":[{"type":"track","event":"E","userId":"\xf0\x9f\x98\x80","messageId":"1","properties":{"x":'
        + raw
        + b"}}]}"
    )

    assert send("/v1/batch", body).json() == STORED
    assert Event.objects.get().properties["x"] == kept


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"5", b"{", b'{"batch": 5}', b'{"batch": [', b'{"batch":["' + b'\\"' * 100_000]
)
def test_a_body_without_messages_is_refused_for_good(send, body: bytes) -> None:
    answer = send("/v1/batch", body)

    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}


def test_more_messages_than_a_batch_has_are_refused(send) -> None:
    assert send("/v1/batch", {"batch": [{}] * 5001}).status_code == 413


def test_the_same_messages_again_change_nothing(send) -> None:
    batch = {"batch": [tracked(1), tracked(2), {"type": "track", "userId": "u", "messageId": "bad"}]}

    for sent_at in ("2026-03-17T04:00:00Z", "2026-03-17T04:00:09Z"):
        send("/v1/batch", batch | {"sentAt": sent_at})

    minutes = IntakeMinute.objects.all()
    assert (Event.objects.count(), reasons()) == (2, ["event_name"])
    assert sum(minute.events for minute in minutes) == 2
    assert sum(minute.duplicates for minute in minutes) == 2
    assert sum(minute.quarantined for minute in minutes) == 1


def test_a_database_that_fails_has_the_messages_sent_again(send) -> None:
    with patch("customers.tracking.storing.ingest", side_effect=OperationalError("disk full")):
        answer = send("/v1/batch", {"batch": [tracked()]})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert not Event.objects.exists()
    assert send("/v1/batch", {"batch": [tracked()]}).status_code == 200


def test_a_source_with_a_limit_is_told_how_long_to_wait(send, source) -> None:
    Source.objects.filter(pk=source.pk).update(rate_limit=3)

    codes = [send("/v1/batch", {"batch": [tracked(number), tracked(number + 1)]}) for number in (1, 3)]

    assert [answer.status_code for answer in codes] == [200, 429]
    assert 0 < int(codes[1]["Retry-After"]) <= 60


def test_browsers_of_any_site_may_send(client, send) -> None:
    asked = client.options("/v1/t", headers={"Origin": "https://shop.example"})

    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    assert send("/v1/t", tracked())["Access-Control-Allow-Origin"] == "*"


def test_the_senders_clock_is_corrected(send) -> None:
    skew = timedelta(days=2)
    happened = timezone.now() - timedelta(hours=3)
    sent = datetime.now(UTC)

    send("/v1/batch", {
        "sentAt": (sent + skew).isoformat(),
        "batch": [tracked(timestamp=(happened + skew).isoformat())],
    })  # fmt: skip

    assert abs(Event.objects.get().time - happened) < timedelta(seconds=30)
