"""Messages are written with their cause and sent until they are taken, in the order of their subject."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pyroaring import BitMap
from standardwebhooks.webhooks import Webhook

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.runs.executor import execute
from segmentation.runs.services import request_run
from segmentation.sets import store
from segmentation.webhooks import announcing, delivering, services
from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.segmentation.webhooks.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ALL = ["customers.entered", "customers.left", "run.failed", "audience.frozen"]


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receiving() as server:
        yield server


@pytest.fixture
def customers() -> list[int]:
    return [Customer.objects.create(external_id=f"c{number}", first_seen_at=NOW).pk for number in range(6)]


def endpoint(receiver: Receiver, **wish) -> tuple[WebhookEndpoint, str]:
    told = {"name": "shop", "url": receiver.url, "kinds": ALL, "subjects": []} | wish
    return services.create_endpoint(by=None, **told)


def publish(ids: list[int], key: str = "vip") -> None:
    named_set = store.named("segment", key, label_zh="", label_en="")
    store.publish({named_set: BitMap(ids)}, run=None, as_of=NOW)


def due_now() -> None:
    WebhookMessage.objects.filter(state="waiting").update(due_at=timezone.now())


def told(receiver: Receiver) -> list[dict]:
    return [json.loads(body) for _headers, body in receiver.came]


def states() -> list[str]:
    return list(WebhookMessage.objects.order_by("pk").values_list("state", flat=True))


def test_who_entered_and_who_left_is_told_exactly_and_signed_as_the_standard_asks(receiver, customers):
    _endpoint, secret = endpoint(receiver)
    publish(customers[:3])
    publish(customers[1:5])
    assert delivering.deliver_due() == 3
    moved = [(one["type"], [c["external_id"] for c in one["data"]["customers"]]) for one in told(receiver)]
    assert moved == [
        ("customers.entered", ["c0", "c1", "c2"]),
        ("customers.entered", ["c3", "c4"]),
        ("customers.left", ["c0"]),
    ]
    assert told(receiver)[2]["data"] | {"customers": None, "as_of": None} == {
        "set": "segment/vip", "version": 2, "as_of": None, "size": 4, "part": 1, "parts": 1, "customers": None,
    }  # fmt: skip
    for headers, body in receiver.came:
        Webhook(secret).verify(body, headers)
    assert set(states()) == {"delivered"}


def test_many_customers_come_in_parts(receiver, customers, monkeypatch):
    monkeypatch.setattr(announcing, "CUSTOMERS", 4)
    monkeypatch.setattr("segmentation.webhooks.bodies.CUSTOMERS", 4)
    endpoint(receiver)
    publish(customers)
    delivering.deliver_due()
    parts = [(one["data"]["part"], one["data"]["parts"], len(one["data"]["customers"])) for one in told(receiver)]
    assert parts == [(1, 2, 4), (2, 2, 2)]


def test_a_cause_that_is_rolled_back_told_nobody(receiver, customers):
    endpoint(receiver)
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(customers)
        raise RuntimeError
    assert states() == []


def test_what_fails_is_sent_again_later_with_the_same_id_and_holds_back_its_subject_alone(receiver, customers):
    endpoint(receiver)
    receiver.script = [500, 200]
    publish(customers[:1])
    publish(customers[:2])
    assert delivering.deliver_due() == 1
    first = WebhookMessage.objects.earliest("pk")
    assert (first.status, first.attempt, first.state) == (500, 1, "waiting")
    assert timedelta(seconds=3) < first.due_at - timezone.now() < timedelta(seconds=6)
    publish(customers[:1], key="others")
    assert delivering.deliver_due() == 1
    assert [one["data"]["set"] for one in told(receiver)] == ["segment/vip", "segment/others"]
    due_now()
    assert delivering.deliver_due() == 2
    ids = [headers["webhook-id"] for headers, _body in receiver.came]
    assert ids[0] == ids[2]
    assert [one["data"]["version"] for one in told(receiver)] == [1, 1, 1, 2]


def test_pauses_grow_over_days_until_it_is_given_up_and_it_can_be_sent_again(receiver, customers):
    endpoint(receiver)
    receiver.script = [500]
    publish(customers)
    waited = []
    for _ in range(10):
        before = timezone.now()
        delivering.deliver_due()
        waited.append(round((WebhookMessage.objects.get().due_at - before).total_seconds(), -1))
        due_now()
    assert waited[:-1] == [pytest.approx(pause, abs=10) for pause in delivering.PAUSES]
    assert sum(delivering.PAUSES) > 3 * 86400
    message = WebhookMessage.objects.get()
    assert (message.state, message.attempt) == ("given_up", 10)
    receiver.script = [200]
    services.send_again(message=message, by=None)
    assert delivering.deliver_due() == 1
    assert states() == ["delivered"]


def test_a_receiver_may_ask_for_a_longer_pause(receiver, customers):
    endpoint(receiver)
    receiver.script, receiver.answer_headers = [429], {"Retry-After": "600"}
    publish(customers)
    delivering.deliver_due()
    assert WebhookMessage.objects.get().due_at - timezone.now() > timedelta(seconds=590)


def test_a_receiver_that_is_gone_is_switched_off_and_loses_nothing(receiver, customers):
    made, _secret = endpoint(receiver)
    receiver.script = [410, 200]
    publish(customers[:1])
    publish(customers[:2])
    assert delivering.deliver_due() == 1
    made.refresh_from_db()
    assert (made.enabled, made.switched_off) == (False, "gone")
    due_now()
    assert delivering.deliver_due() == 0
    services.switch(endpoint=made, on=True, by=None)
    assert delivering.deliver_due() == 2
    assert states() == ["delivered", "delivered"]


def test_only_what_was_asked_for_is_told(receiver, customers):
    endpoint(receiver, kinds=["customers.left"], subjects=["segment/vip"])
    publish(customers[:2])
    publish(customers[:1])
    publish(customers[:2], key="vip-2")
    publish([], key="vip-2")
    delivering.deliver_due()
    assert [(one["type"], one["data"]["set"]) for one in told(receiver)] == [("customers.left", "segment/vip")]


def test_a_run_that_fails_is_told_without_the_words_of_its_error(receiver):
    endpoint(receiver)
    execute(request_run(kind="tags.compute", subject="none-such").pk)
    delivering.deliver_due()
    [message] = told(receiver)
    assert message["type"] == "run.failed"
    assert message["data"] | {"run": ""} == {
        "run": "", "kind": "tags.compute", "subject": "none-such", "state": "failed", "error_code": "not_live",
    }  # fmt: skip


def test_a_message_in_another_senders_hands_is_left_alone_until_its_lease_ends(receiver, customers):
    endpoint(receiver)
    publish(customers)
    message = WebhookMessage.objects.get()
    taken = delivering._claim(message.pk)
    assert delivering.deliver_due() == 0
    WebhookMessage.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert delivering.deliver_due() == 1
    # Whoever woke late changes nothing.
    delivering._record(taken.message, delivering.Answer(500, "late", 1))
    assert states() == ["delivered"]


def test_the_old_secret_signs_beside_the_new_one_for_a_day(receiver, customers):
    made, old = endpoint(receiver)
    new = services.change_secret(endpoint=made, by=None)
    publish(customers)
    delivering.deliver_due()
    [(headers, body)] = receiver.came
    Webhook(old).verify(body, headers)
    Webhook(new).verify(body, headers)
    WebhookEndpoint.objects.update(old_secret_until=timezone.now())
    services.send_again(message=WebhookMessage.objects.get(), by=None)
    delivering.deliver_due()
    with pytest.raises(Exception, match="signature"):
        Webhook(old).verify(receiver.came[1][1], receiver.came[1][0])


def test_the_secret_lies_encrypted(receiver):
    made, secret = endpoint(receiver)
    assert secret.removeprefix("whsec_") not in made.secret


@pytest.mark.parametrize(
    "wish", [{"url": "http://10.0.0.1/x@"}, {"url": "https://a:b@c.example/"}, {"kinds": []}, {"subjects": ["vip"]}]
)
def test_a_webhook_that_cannot_work_is_refused_at_once(wish, settings):
    settings.WEBHOOK_NETWORKS = []
    told = {"name": "x", "url": "https://example.com/", "kinds": ALL, "subjects": []} | wish
    with pytest.raises(SegmentationError):
        services.create_endpoint(by=None, **told)


def test_what_ended_long_ago_leaves_the_log(receiver, customers):
    endpoint(receiver)
    publish(customers)
    delivering.deliver_due()
    publish(customers[:1])
    WebhookMessage.objects.update(ended_at=timezone.now() - timedelta(days=31))
    WebhookMessage.objects.filter(state="waiting").update(ended_at=None)
    delivering.forget_old()
    assert states() == ["waiting"]
