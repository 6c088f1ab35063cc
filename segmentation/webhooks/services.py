"""Changes to webhooks: make one, change it, switch it on or off, another secret, a test, a message sent again."""

from datetime import timedelta
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.webhooks import signing
from segmentation.webhooks.models import Kind, WebhookEndpoint, WebhookMessage
from segmentation.webhooks.posting import target_of

# How long the old secret signs beside the new one.
CHANGE_OVER = timedelta(days=1)
KINDS = frozenset(Kind.values) - {Kind.TEST}
SUBJECTS = ("segment", "tag", "audience", "holdout", "run")


class Wish(TypedDict, total=False):
    """What a person decides about a webhook."""

    name: str
    url: str
    kinds: list[str]
    subjects: list[str]


def create_endpoint(*, by: Person, **wish: Unpack[Wish]) -> tuple[WebhookEndpoint, str]:
    """A webhook and its secret, which is told now and never again."""
    endpoint, secret = WebhookEndpoint(created_by=user_of(by)), signing.new_secret()
    endpoint.secret = signing.sealed(secret, endpoint)
    with transaction.atomic():
        _save(endpoint, wish)
        _log(endpoint, "create", by)
    return endpoint, secret


def update_endpoint(*, endpoint: WebhookEndpoint, by: Person, **wish: Unpack[Wish]) -> None:
    """Changes what `wish` names."""
    with transaction.atomic():
        _save(endpoint, wish)
        _log(endpoint, "update", by)


def switch(*, endpoint: WebhookEndpoint, on: bool, by: Person) -> None:
    """What waits is sent when it is switched on; nothing new is written down while it is off."""
    endpoint.enabled, endpoint.switched_off = on, ""
    with transaction.atomic():
        endpoint.save(update_fields=["enabled", "switched_off"])
        _log(endpoint, "switch_on" if on else "switch_off", by)


def delete_endpoint(*, endpoint: WebhookEndpoint, by: Person) -> None:
    """With its messages."""
    with transaction.atomic():
        _log(endpoint, "delete", by)
        endpoint.delete()


def change_secret(*, endpoint: WebhookEndpoint, by: Person) -> str:
    """A new secret, told once; the old one signs too for a day."""
    secret = signing.new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, timezone.now() + CHANGE_OVER
    endpoint.secret = signing.sealed(secret, endpoint)
    with transaction.atomic():
        endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
        _log(endpoint, "change_secret", by)
    return secret


def send_test(*, endpoint: WebhookEndpoint, by: Person) -> WebhookMessage:
    """A message that says nothing but that it is a test; the caller rings for it."""
    if not endpoint.enabled:
        raise SegmentationError(_("Switch the webhook on first."), code="switched_off")
    with transaction.atomic():
        message = WebhookMessage.objects.create(
            endpoint=endpoint, kind=Kind.TEST, subject=f"test/{timezone.now().timestamp()}", data={"test": True}
        )
        _log(endpoint, "test", by)
    return message


def send_again(*, message: WebhookMessage, by: Person) -> None:
    """The same message with the same id from its first try on, also one that was delivered."""
    with transaction.atomic():
        changed = WebhookMessage.objects.filter(pk=message.pk).exclude(state=WebhookMessage.State.WAITING)
        again = changed.update(state=WebhookMessage.State.WAITING, attempt=0, due_at=timezone.now(), ended_at=None)
        if not again:  # it waits: now is soon enough
            WebhookMessage.objects.filter(pk=message.pk).update(attempt=0, due_at=timezone.now())
        _log(message.endpoint, "send_again", by)


def _save(endpoint: WebhookEndpoint, wish: Wish) -> None:
    for field, value in wish.items():
        setattr(endpoint, field, value)
    if not set(endpoint.kinds) <= KINDS or not endpoint.kinds:
        raise SegmentationError(_("Choose what it is told of."), where="kinds")
    for subject in endpoint.subjects:
        kind, _slash, key = subject.partition("/")
        if kind not in SUBJECTS or not key:
            told = _("“%(subject)s” is none of: segment/…, tag/…, audience/…") % {"subject": subject}
            raise SegmentationError(told, where="subjects")
    target_of(endpoint.url, settings.WEBHOOK_NETWORKS)
    endpoint.full_clean(exclude=["secret", "kinds"])
    endpoint.save()


def _log(endpoint: WebhookEndpoint, action: str, by: Person) -> None:
    detail = {"url": endpoint.url} if action in {"create", "update"} else {}
    access_log.record(
        actor=user_of(by), action=f"webhook.{action}", object_kind="webhook", object_key=str(endpoint.pk), detail=detail
    )
