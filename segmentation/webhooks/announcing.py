"""Writes the messages in the transaction of their cause: both are there, or neither."""

from collections.abc import Iterable, Iterator
from typing import Any

from segmentation.webhooks.models import Kind, WebhookEndpoint, WebhookMessage

# Customers told of in one message: below the 20 kB that receivers are promised.
CUSTOMERS = 250
# Rows of one statement.
ROWS = 1000
# How receivers know the kinds of sets.
WORDS = {"tag_value": "tag"}


def announce(kind: Kind, subject: str, data: dict[str, Any]) -> None:
    """A message to everyone who asked for this. Belongs in the transaction of the cause."""
    _save(
        WebhookMessage(endpoint=endpoint, kind=kind, subject=subject, data=data)
        for endpoint in _enabled()
        if endpoint.wants(kind, subject)
    )


def announce_versions(versions: Iterable[Any]) -> None:
    """Who entered and who left with each of these new versions of sets: so many rows as there are parts."""
    if endpoints := _enabled():
        _save(message for version in versions for endpoint in endpoints for message in _parts(endpoint, version))


def subject_of(kind: str, key: str, value: str = "") -> str:
    """A set as receivers know it: segment/vip, tag/level/gold."""
    return "/".join(filter(None, (WORDS.get(kind, kind), key, value)))


def _parts(endpoint: WebhookEndpoint, version: Any) -> Iterator[WebhookMessage]:
    named = version.named_set
    subject = subject_of(named.kind, named.key, named.value)
    for kind, count in ((Kind.ENTERED, version.entered_count), (Kind.LEFT, version.left_count)):
        parts = -(-count // CUSTOMERS)
        if parts and endpoint.wants(kind, subject):
            for part in range(1, parts + 1):
                yield WebhookMessage(
                    endpoint=endpoint, kind=kind, subject=subject, version=version, part=part, parts=parts
                )


def _enabled() -> list[WebhookEndpoint]:
    return list(WebhookEndpoint.objects.filter(enabled=True))


def _save(messages: Iterator[WebhookMessage]) -> None:
    waiting: list[WebhookMessage] = []
    for message in messages:
        waiting.append(message)
        if len(waiting) == ROWS:
            WebhookMessage.objects.bulk_create(waiting)
            waiting = []
    if waiting:
        WebhookMessage.objects.bulk_create(waiting)
