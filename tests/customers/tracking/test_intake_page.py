"""The page on intake: what came in, what was set aside, and trying again."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from customers.models import Event, QuarantinedMessage
from segtag_site.roles import assign_role, ensure_roles

pytestmark = pytest.mark.django_db
GOOD = {"type": "track", "event": "E", "userId": "u1", "messageId": "m1"}
LARGE = GOOD | {"messageId": "m2", "properties": {"text": "x" * 40_000}, "timestamp": "2026-03-17T04:00:00Z"}


def page(client, role: str = "operator") -> str:
    ensure_roles()
    user, _ = User.objects.get_or_create(username=role)
    assign_role(user=user, key=role)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("intake:overview"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_page_says_how_to_begin(client) -> None:
    assert "No source has been set up yet" in page(client)


def test_sources_reasons_and_misfits_are_shown(client, send) -> None:
    send("/v1/batch", {"batch": [GOOD, LARGE, GOOD, {"type": "track", "userId": "u1"}]})
    client.post("/v1/batch", {"batch": []}, content_type="application/json")

    shown = page(client, "viewer")

    for text in ("site", "Unknown key", "Larger than a message may be", "No event name"):
        assert text in shown
    assert "Try again</button>" not in shown
    assert "x" * 100 not in shown


def test_what_was_set_aside_is_stored_when_it_can_be(client, send, settings) -> None:
    send("/v1/batch", {"batch": [GOOD, LARGE], "sentAt": "2026-03-17T05:00:00Z"})
    page(client)

    client.post(reverse("intake:replay"), {"reason": "too_large"})
    assert QuarantinedMessage.objects.get().state == "waiting"
    settings.TRACKING_MESSAGE_LIMIT = 100_000
    client.post(reverse("intake:replay"), {"reason": "too_large"})
    client.post(reverse("intake:replay"), {"reason": "too_large"})

    kept = QuarantinedMessage.objects.get()
    stored = Event.objects.get(message_id="m2")
    assert (kept.state, kept.payload) == ("replayed", "")
    # One hour before it was sent, by the sender's clock.
    assert round((kept.received_at - stored.time).total_seconds()) == 3600


def test_a_viewer_cannot_replay(client, send) -> None:
    send("/v1/batch", {"batch": [LARGE]})
    page(client, "viewer")

    assert client.post(reverse("intake:replay"), {"reason": "too_large"}).status_code == 403


def test_what_a_message_says_is_kept_encrypted(send) -> None:
    send("/v1/batch", {"batch": [{"type": "identify", "traits": {"email": "ada@example.com"}}]})

    assert "ada@example.com" not in str(QuarantinedMessage.objects.values().get())
